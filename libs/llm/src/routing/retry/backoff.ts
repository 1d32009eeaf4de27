/** The bounds of exponential backoff, in milliseconds. */
export interface BackoffOptions {
  /** The upper bound of the first delay. */
  baseMs: number;
  /** The upper bound of every delay. */
  maxMs: number;
}

/**
 * The upper bound of the delay before a retry, in ms: `min(maxMs, baseMs · 2^retry)`.
 * @param retry 0 for the first retry
 */
export function longestBackoff(retry: number, options: BackoffOptions): number {
  return Math.min(options.maxMs, options.baseMs * 2 ** retry);
}

/**
 * Exponential backoff with full jitter: a delay drawn uniformly from 0 to {@link longestBackoff}, so that clients that failed
 * at the same time do not retry at the same time.
 * @param retry 0 for the first retry
 * @param random a number in [0, 1)
 */
export function fullJitter(retry: number, options: BackoffOptions, random: () => number): number {
  return random() * longestBackoff(retry, options);
}

/**
 * Whether to wait as long as a server asks: only if no other route can be asked sooner, or if the wait is within the backoff
 * anyway. All times in ms.
 * @param retryAfterMs the wait that the server asks for; 0 for none
 * @param backoffMs the upper bound of the backoff
 * @param otherRouteMs the time until another route can be asked; Infinity if there is none
 */
export function isWaitAcceptable(retryAfterMs: number, backoffMs: number, otherRouteMs: number): boolean {
  return retryAfterMs <= Math.max(backoffMs, otherRouteMs);
}
