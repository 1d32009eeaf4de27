export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. */
  baseMs: number;
  /** Upper bound of every wait. */
  maxMs: number;
}

/**
 * Exponential backoff with full jitter: a wait drawn evenly from 0 to `min(maxMs, baseMs · 2^retry)`, so that
 * callers which failed together do not come back together.
 * @param retry 0 for the first retry
 * @param random a number in [0, 1)
 */
export function fullJitter(retry: number, options: BackoffOptions, random: () => number): number {
  return random() * Math.min(options.maxMs, options.baseMs * 2 ** retry);
}
