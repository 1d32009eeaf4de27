import { type ConnectionsFacts, type SharedFacts, type TwoConnectionsFacts } from '../probe/facts.js';
import { type Expectations } from './expectations.js';
import { failureOf } from './answers.js';
import { shownMs, type Finding } from './finding.js';
import { isOneAfterOther } from './sequence.js';

/** How a server treats two requests on two connections. */
export type TwoOutcome = 'parallel' | 'sequential' | 'fails';

/** The outcome of two requests. @param facts undefined if a connection was refused */
export function outcomeOfTwo(facts: TwoConnectionsFacts | undefined, expected: Expectations): TwoOutcome {
  const check = 'two at once';
  if (facts?.answers.every((answer) => failureOf(check, answer, expected) === undefined) !== true)
    return 'fails';
  return isSequential(facts) ? 'sequential' : 'parallel';
}

/** Judges whether requests on two connections are answered at the same time. @param facts undefined if a connection was refused */
export function judgeTwoConnections(facts: TwoConnectionsFacts | undefined, expected: Expectations): Finding {
  const check = 'two at once';
  if (facts === undefined) {
    const says = 'The server does not accept a second connection.';
    return { check, verdict: 'differs', says, advice: 'Set LLM_MAX_CONNECTIONS=1.' };
  }
  const [first, second] = facts.answers;
  const failure = failureOf(check, first, expected) ?? failureOf(check, second, expected);
  if (failure !== undefined)
    return {
      ...failure,
      says: `One of two requests on two connections fails. ${failure.says}`,
      advice: [failure.advice, 'With LLM_MAX_CONNECTIONS=1, Parley sends one request at a time.']
        .filter(Boolean)
        .join(' '),
    };
  return isSequential(facts)
    ? {
        check,
        verdict: 'differs',
        says: `The server answers requests on two connections one after the other: the second answer began after ${shownMs(laterFirstMs(facts))}.`,
        advice:
          'With a small LLM_MAX_CONNECTIONS requests wait in Parley, where their number is bounded and they can be canceled.',
      }
    : { check, verdict: 'works', says: 'Requests on two connections are answered at the same time.' };
}

/** Whether the second answer was generated after the first one, each time that two were requested. */
export function isSequential({ answers, again = [] }: TwoConnectionsFacts): boolean {
  return [answers, ...again].every(([a, b]) => isOneAfterOther(a, b));
}

function laterFirstMs({ answers: [a, b] }: Pick<TwoConnectionsFacts, 'answers'>): number {
  return Math.max(a.firstMs ?? 0, b.firstMs ?? 0);
}

/** Judges how many connections the server accepts at once. */
export function judgeConnections(
  { attempted, opened, error }: ConnectionsFacts,
  expected: Expectations,
): Finding {
  const check = 'connections';
  if (opened >= attempted) {
    return { check, verdict: 'works', says: `${attempted} connections at once are accepted.` };
  }
  return {
    check,
    verdict: expected.maxConnections > opened ? 'differs' : 'works',
    says: `The server accepts ${opened} of ${attempted} connections at once${error === undefined ? '' : ` (${error.code})`}.`,
    advice: `Set LLM_MAX_CONNECTIONS=${Math.max(opened, 1)}.`,
  };
}

/** Judges whether requests can share a connection. @param facts undefined if the protocol does not allow it */
export function judgeShared(facts: SharedFacts | undefined, expected: Expectations): Finding {
  const check = 'shared connection';
  if (facts === undefined) {
    const says = `With ${expected.protocol} a connection carries one request at a time.`;
    return expected.multiplex
      ? { check, verdict: 'differs', says, advice: 'LLM_MULTIPLEX=true has no effect here.' }
      : { check, verdict: 'note', says };
  }
  const [error] = facts.errors;
  if (error !== undefined) {
    const says = `Two answers on one connection cannot be matched to their requests: ${error.message}.`;
    return expected.multiplex
      ? { check, verdict: 'fails', says, advice: 'Set LLM_MULTIPLEX=false.' }
      : { check, verdict: 'note', says };
  }
  if (facts.isConcurrent === false) {
    const says = 'Two requests on one connection work, but are answered one after the other.';
    return expected.multiplex
      ? { check, verdict: 'differs', says, advice: 'Set LLM_MULTIPLEX=false: two connections are faster.' }
      : { check, verdict: 'note', says };
  }
  const says = 'Two requests on one connection are answered at the same time.';
  return { check, verdict: 'works', says };
}
