export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. */
  baseMs: number;
  /** Upper bound of every wait. */
  maxMs: number;
}

/**
 * The longest that exponential backoff waits before a retry, in ms: `min(maxMs, baseMs · 2^retry)`.
 * @param retry 0 for the first retry
 */
export function longestBackoff(retry: number, options: BackoffOptions): number {
  return Math.min(options.maxMs, options.baseMs * 2 ** retry);
}

/**
 * Exponential backoff with full jitter: a wait drawn evenly from 0 to {@link longestBackoff}, so that callers which failed
 * together do not come back together.
 * @param retry 0 for the first retry
 * @param random a number in [0, 1)
 */
export function fullJitter(retry: number, options: BackoffOptions, random: () => number): number {
  return random() * longestBackoff(retry, options);
}

/**
 * Is a server waited for that asks for it? Only if nobody else can be asked sooner, or if the wait is none that backoff
 * would not make anyway. All in ms.
 * @param askedMs what the server asks for; 0 if it does not
 * @param backoffMs the longest that backoff would wait
 * @param elsewhereMs when another route could be asked; 0 at once, Infinity never
 */
export function isWaitAcceptable(askedMs: number, backoffMs: number, elsewhereMs: number): boolean {
  return askedMs <= Math.max(backoffMs, elsewhereMs);
}
