import { type MemoryFacts } from '../probe/facts.js';
import { type Expectations } from './expectations.js';
import { type Finding } from './finding.js';

const check = 'memory';

/** Judges whether conversations on one connection share anything. @param facts undefined if it could not be tested */
export function judgeMemory(facts: MemoryFacts | undefined, { rules, protocol }: Expectations): Finding {
  if (facts?.isKnownElsewhere === true) {
    return {
      check,
      verdict: 'differs',
      says: 'A word from one conversation is also known in another one on another connection.',
      advice:
        'The server must separate conversations: no setting of Parley can. If it does so by an id in the request: ' +
        "conversation_id: '{{conversation_id}}' in a description.",
    };
  }
  if (rules.reuse !== 'pool') {
    const user = rules.reuse === 'answer' ? 'answer' : 'conversation';
    return { check, verdict: 'note', says: `With ${protocol} a connection belongs to one ${user}.` };
  }
  if (facts === undefined) {
    const says = 'Whether conversations on one connection share anything could not be tested.';
    return { check, verdict: 'note', says };
  }
  if (facts.isKnown || facts.differsWhenUsed) {
    return {
      check,
      verdict: 'differs',
      says: facts.isKnown
        ? 'A word from one conversation is known in another one on the same connection.'
        : 'The same question gets another answer on a connection that another conversation has used.',
      advice:
        'In a description: connection: { reuse: conversation }. LLM_REUSE=never also separates conversations.',
    };
  }
  return facts.canRecall
    ? { check, verdict: 'works', says: 'Conversations on one connection share nothing.' }
    : {
        check,
        verdict: 'note',
        says: 'The answers do not show whether conversations on one connection share anything.',
      };
}
