/**
 * How many tokens should have been sent so long after the first was due. The first is due at once, the others one by
 * one; with a pace of 0 all of them are.
 */
export function tokensDue(elapsedMs: number, tokensPerSecond: number): number {
  if (tokensPerSecond === 0) return Number.POSITIVE_INFINITY;
  return Math.floor((elapsedMs * tokensPerSecond) / 1000) + 1;
}
