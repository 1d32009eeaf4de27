import { type Behavior } from '#mock-llm';

/** The text `word1 word2 …`. */
export function words(count: number): string {
  return Array.from({ length: count }, (_, at) => `word${at + 1}`).join(' ');
}

/** An answer that takes about 8 s: long enough to act during it, short enough to wait for its end. */
export const slow: Partial<Behavior> = { reply: words(120), tokensPerSecond: 15 };

/** An answer that does not finish during a test. */
export const endless: Partial<Behavior> = { reply: words(20_000), tokensPerSecond: 15 };
