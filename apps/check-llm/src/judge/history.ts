import { type MemoryFacts } from '../probe/facts.js';
import { type Expectations } from './expectations.js';
import { type Finding } from './finding.js';

const check = 'history';

/**
 * Judges whether a follow-up question is answered with the earlier messages of its conversation.
 * @param facts undefined if it could not be tested
 * @param isObedient whether the server has done what single questions asked
 */
export function judgeHistory(
  facts: MemoryFacts | undefined,
  isObedient: boolean,
  { protocol }: Expectations,
): Finding {
  if (facts === undefined) {
    return { check, verdict: 'note', says: 'Whether the server uses the history could not be tested.' };
  }
  if (facts.canRecall) {
    return {
      check,
      verdict: 'works',
      says: 'A follow-up question is answered with a word from its history.',
    };
  }
  if (!isObedient) {
    return { check, verdict: 'note', says: 'The answers do not show whether the server uses the history.' };
  }
  return {
    check,
    verdict: 'differs',
    says: 'A follow-up question is answered as if nothing had been said before it.',
    advice:
      protocol === 'guide'
        ? 'The earlier messages are in metadata.session_context.messages: does the server read them?'
        : 'Does the request contain the history ({{messages}}, {{history}} or {{prompt}}), and does the server read it? If it ' +
          'remembers the messages of a connection instead: connection: { reuse: conversation }.',
  };
}
