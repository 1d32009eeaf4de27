/** Exponential backoff. */
export interface BackoffOptions {
  /** Maximum pause before the first retry, in ms. It doubles for each further retry. */
  baseMs: number;
  /** Maximum pause, in ms. */
  maxMs: number;
}

/**
 * The pause before the next retry, in ms: random between half of the step and the whole step, so that clients that lost
 * the same server do not reconnect at the same time.
 * @param failures failures in a row, from 1
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(failures: number, { baseMs, maxMs }: BackoffOptions, random: number): number {
  const step = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(step / 2 + (random * step) / 2);
}
