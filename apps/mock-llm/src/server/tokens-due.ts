/**
 * How many tokens should have been sent. The first one is due immediately, the others one by one; at 0 tokens per second
 * all of them are due.
 * @param elapsedMs milliseconds since the first token was due
 */
export function tokensDue(elapsedMs: number, tokensPerSecond: number): number {
  if (tokensPerSecond === 0) return Number.POSITIVE_INFINITY;
  return Math.floor((elapsedMs * tokensPerSecond) / 1000) + 1;
}
