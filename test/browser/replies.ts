import { type Behavior } from '#mock-llm';

/** `word1 word2 …` */
export function words(count: number): string {
  return Array.from({ length: count }, (_, at) => `word${at + 1}`).join(' ');
}

/** Comes in some 8 s: time enough to do something in mid-answer and to see the end of it. */
export const slow: Partial<Behavior> = { reply: words(120), tokensPerSecond: 15 };

/** Does not come to its end while a test runs. */
export const endless: Partial<Behavior> = { reply: words(20_000), tokensPerSecond: 15 };
