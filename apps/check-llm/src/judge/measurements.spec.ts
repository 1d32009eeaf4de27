import { type AnswerEnd } from '#llm';
import { answer, incomplete } from '../testing/scripted-facts.js';
import { measure } from './measurements.js';

const end = (outputTokens?: number): AnswerEnd => ({
  type: 'end',
  finishReason: 'completed',
  ...(outputTokens === undefined ? {} : { usage: { outputTokens } }),
});

describe('measure', () => {
  it('takes the maximum of complete answers', () => {
    const slow = answer({ firstMs: 300, endMs: 900, longestGapMs: 80 });
    const failed = incomplete({ firstMs: 5_000, longestGapMs: 5_000, pieces: 3 });
    expect(measure(20, answer(), [slow, failed], 3)).toMatchObject({
      connectMs: 20,
      firstTokenMs: 300,
      longestGapMs: 80,
      answerMs: 900,
      pingMs: 3,
    });
  });

  it('ignores answers in one piece for the first token, unless there are no others', () => {
    const whole = answer({ pieces: 1, firstMs: 900, endMs: 900 });
    expect(measure(1, answer(), [whole], undefined).firstTokenMs).toBe(100);
    expect(measure(1, whole, [], undefined)).toMatchObject({ firstTokenMs: 900, tokensPerSecond: undefined });
  });

  it('counts tokens after the first one', () => {
    const streamed = answer({ firstMs: 0, endMs: 1_000, end: end(11) });
    expect(measure(1, streamed, [], 1)).toMatchObject({ tokensPerSecond: 10, isEstimated: false });
  });

  it.each([undefined, 0])('estimates tokens if the server counts %s', (outputTokens) => {
    const streamed = answer({ firstMs: 0, endMs: 1_000, end: end(outputTokens), text: 'x'.repeat(44) });
    expect(measure(1, streamed, [], 1)).toMatchObject({ tokensPerSecond: 10, isEstimated: true });
  });

  it('measures nothing without a complete answer', () => {
    expect(measure(1, incomplete({}), [], undefined)).toEqual({
      connectMs: 1,
      firstTokenMs: undefined,
      tokensPerSecond: undefined,
      isEstimated: false,
      longestGapMs: undefined,
      answerMs: undefined,
      pingMs: undefined,
    });
  });
});
