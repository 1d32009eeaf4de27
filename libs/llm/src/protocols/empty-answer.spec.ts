import { explainsNoText } from './empty-answer.js';

describe('explainsNoText', () => {
  it.each([
    'length',
    'max_tokens',
    'MAX_TOKENS',
    'max_output_tokens',
    'content_filter',
    'content-filtered',
    'content_policy_violation',
    'SAFETY',
    'refusal',
  ])('%s is a reason', (reason) => expect(explainsNoText(reason)).toBe(true));

  it.each(['', 'completed', 'stop', 'end_turn', 'eos_token', 'tool_calls', 'error', 'unknown'])(
    '%j is none',
    (reason) => expect(explainsNoText(reason)).toBe(false),
  );
});
