/** How long to wait before a connection is tried again. */
export interface BackoffOptions {
  /** Before the first try, at most; twice as much before each further one. In ms. */
  baseMs: number;
  /** Most of all. In ms. */
  maxMs: number;
}

/**
 * The pause after so many failures in a row (from 1), in ms: between half of the step and all of it, so that clients
 * that lost one server together do not come back together.
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(failures: number, { baseMs, maxMs }: BackoffOptions, random: number): number {
  const step = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(step / 2 + (random * step) / 2);
}
