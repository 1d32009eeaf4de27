import { type ConnectionsFacts, type SharedFacts, type TwoFacts } from '../probe/facts.js';
import { type Claims } from './claims.js';
import { failureOf } from './answers.js';
import { shownMs, type Finding } from './finding.js';

/** An answer that takes less says nothing about what happens meanwhile, in milliseconds. */
const blinkMs = 30;

/** Are two requests, on two connections, answered at the same time? */
export function judgeTwo(facts: TwoFacts | undefined, claims: Claims): Finding {
  const check = 'two at once';
  if (facts === undefined) {
    const says = 'The server does not take a second connection.';
    return { check, verdict: 'differs', says, advice: 'Set LLM_MAX_CONNECTIONS=1.' };
  }
  const [first, second] = facts.answers;
  const failure = failureOf(check, first, claims) ?? failureOf(check, second, claims);
  if (failure !== undefined)
    return { ...failure, says: `Of two on two connections one fails. ${failure.says}` };
  return isInTurn(facts)
    ? {
        check,
        verdict: 'differs',
        says: `On two connections the server answers one after the other: the second one began after ${shownMs(laterFirst(facts))}.`,
        advice:
          'With a small LLM_MAX_CONNECTIONS requests wait in Parley, where they can be cancelled and bounded.',
      }
    : { check, verdict: 'works', says: 'Two connections are answered at the same time.' };
}

/** Does the second answer begin only when the first one has ended? */
export function isInTurn({ answers }: TwoFacts): boolean {
  const [a, b] = answers;
  const ends = Math.min(a.endMs ?? Infinity, b.endMs ?? Infinity);
  return ends > blinkMs && laterFirst({ answers }) >= ends;
}

function laterFirst({ answers: [a, b] }: Pick<TwoFacts, 'answers'>): number {
  return Math.max(a.firstMs ?? 0, b.firstMs ?? 0);
}

/** How many connections the server takes at once. */
export function judgeConnections({ asked, opened, error }: ConnectionsFacts, claims: Claims): Finding {
  const check = 'connections';
  if (opened >= asked) return { check, verdict: 'works', says: `${asked} connections at once are taken.` };
  return {
    check,
    verdict: claims.maxConnections > opened ? 'differs' : 'works',
    says: `Of ${asked} connections at once the server takes ${opened}${error === undefined ? '' : ` (${error.code})`}.`,
    advice: `Set LLM_MAX_CONNECTIONS=${Math.max(opened, 1)}.`,
  };
}

/** Whether requests can share a connection; undefined facts: nobody has tried. */
export function judgeShared(facts: SharedFacts | undefined, claims: Claims): Finding {
  const check = 'shared connection';
  if (facts === undefined) {
    const says = `With ${claims.protocol} a connection carries one request at a time.`;
    return claims.multiplex
      ? { check, verdict: 'differs', says, advice: 'LLM_MULTIPLEX=true changes nothing here.' }
      : { check, verdict: 'note', says };
  }
  const [error] = facts.errors;
  if (error !== undefined) {
    const says = `Two requests on one connection cannot be told apart: ${error.message}.`;
    return claims.multiplex
      ? { check, verdict: 'fails', says, advice: 'Set LLM_MULTIPLEX=false.' }
      : { check, verdict: 'note', says };
  }
  if (facts.isSideBySide === false) {
    const says = 'Two requests on one connection are told apart, but answered one after the other.';
    return claims.multiplex
      ? { check, verdict: 'differs', says, advice: 'Set LLM_MULTIPLEX=false: two connections are faster.' }
      : { check, verdict: 'note', says };
  }
  const says = 'Two requests on one connection are told apart and answered at the same time.';
  return { check, verdict: 'works', says };
}
