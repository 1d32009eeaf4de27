import { exchangeOf } from '../testing/raw-exchanges.js';
import { errorRuleOf, isErrorResponse, missingFieldNames } from './error-responses.js';

describe('isErrorResponse', () => {
  it.each<[string, (string | object)[], number | undefined, boolean]>([
    ['an error field', [{ error: 'x' }], undefined, true],
    [
      'empty error fields',
      [
        { error: null, text: 'One' },
        { error: null, done: true },
      ],
      undefined,
      false,
    ],
    ['an error type', [{ type: 'chat.failed' }], undefined, true],
    ['ok: false', [{ ok: false }], undefined, true],
    ['a short text about an error', ['Invalid JSON'], undefined, true],
    ['an answer', ['One, two, three.'], undefined, false],
    ['several texts', ['I must', ' count.'], undefined, false],
    ['a close without frames', [], 1003, true],
    ['silence', [], undefined, false],
  ])('%s', (_, received, closeCode, expected) => {
    expect(isErrorResponse(exchangeOf(received, { closeCode }))).toBe(expected);
  });
});

describe('errorRuleOf', () => {
  it.each([
    [
      { type: 'error', code: 'bad_input', message: 'No such field.' },
      { when: { type: 'error' }, code: 'code', message: 'message' },
    ],
    [
      { error: { code: 'x1', message: 'Not valid.' } },
      { when: { error: { truthy: true } }, code: 'error.code', message: 'error.message' },
    ],
    [
      { error: 'Not valid at all.', status: 400 },
      { when: { error: { truthy: true } }, code: 'status', message: 'error' },
    ],
    [
      { ok: false, reason: 'busy' },
      { when: { ok: false }, code: 'reason' },
    ],
  ])('%j', (frame, rule) => {
    expect(errorRuleOf(JSON.stringify(frame))).toEqual(rule);
  });

  it.each(['Invalid JSON', '{"text":"a"}'])('has no rule for %s', (frame) => {
    expect(errorRuleOf(frame)).toBeUndefined();
  });
});

describe('missingFieldNames', () => {
  it.each([
    ["KeyError: 'utterance'", ['utterance']],
    ['{"error":"missing field: session_id"}', ['session_id']],
    ['prompt is required', ['prompt']],
    ['{"detail":"the field `query` and the field `user`"}', ['query', 'user']],
    ['missing a string', []],
    ['{"text":"One, two."}', []],
  ])('%s: %j', (text, names) => {
    expect(missingFieldNames(exchangeOf([text]))).toEqual(names);
  });

  it('reads the close reason', () => {
    expect(missingFieldNames(exchangeOf([], { closeReason: 'missing token' }))).toEqual(['token']);
  });
});
