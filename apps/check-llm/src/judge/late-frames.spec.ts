import { expectations, late } from '../testing/scripted-facts.js';
import { isUsedOnce, judgeLate, reuseAdvice, withoutId } from './late-frames.js';

const check = 'cancel' as const;

describe('judgeLate', () => {
  it('is undefined without frames', () => {
    expect(judgeLate(check, [], 'the end', expectations())).toBeUndefined();
  });

  it('names count and time of frames without an id, and shows the first six', () => {
    const frames = Array.from({ length: 8 }, (_, index) => late(`${index}`, index * 100));
    expect(judgeLate(check, frames, 'the end', expectations())).toEqual({
      check,
      verdict: 'differs',
      says:
        '8 frames after the end, the last one 700 ms after it: ' +
        'without an id each could be mistaken for the answer to the next request.',
      advice: expect.stringContaining('Set LLM_REUSE=never') as string,
      frames: ['0', '1', '2', '3', '4', '5'],
    });
  });

  it('fails where connections are always reused', () => {
    expect(judgeLate(check, [late('a')], 'the end', expectations({ reuse: 'always' }))?.verdict).toBe(
      'fails',
    );
  });

  it.each([
    ['with an id', [late('a', 1, true)], expectations(), false],
    ['after the connection was closed', [late('a')], expectations(), true],
    ['on a connection that carries one answer', [late('a')], expectations({ reuse: 'never' }), false],
    [
      'of a protocol with one answer per connection',
      [late('a')],
      expectations({}, { reuse: 'answer' }),
      false,
    ],
  ])('only notes frames %s', (_, frames, expected, isClosed) => {
    expect(judgeLate(check, frames, 'the end', expected, isClosed)?.verdict).toBe('note');
  });

  it('judges by the frames without an id if there are both', () => {
    const frames = [late('a', 1, true), late('b')];
    expect(judgeLate(check, frames, 'the end', expectations())?.verdict).toBe('differs');
    expect(withoutId(frames)).toEqual([late('b')]);
  });
});

describe('advice about reuse', () => {
  it('names the description for servers that remember conversations', () => {
    expect(reuseAdvice(expectations({}, { reuse: 'conversation' }))).toBe(
      'In a description: connection: { reuse: answer }.',
    );
  });

  it('explains settled, and ids of the guide protocol', () => {
    expect(reuseAdvice(expectations())).toMatch(/With settled.*request_id/);
    expect(reuseAdvice(expectations({ reuse: 'always', protocol: 'other' }))).not.toMatch(
      /settled|request_id/,
    );
  });

  it.each([
    ['pool', 'settled', false],
    ['pool', 'never', true],
    ['answer', 'settled', true],
    ['conversation', 'never', false],
  ] as const)('reuse: %s with LLM_REUSE=%s uses connections once: %s', (protocolReuse, reuse, isOnce) => {
    expect(isUsedOnce(expectations({ reuse }, { reuse: protocolReuse }))).toBe(isOnce);
  });
});
