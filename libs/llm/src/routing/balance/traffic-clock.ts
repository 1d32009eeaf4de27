/** The maximum advance per request, in ms. */
const maxAdvanceMs = 200;

/**
 * A clock that only advances while requests arrive. Latency estimates decay by it: with the real clock, they would decay in
 * pauses between requests, and the next request would go to a slow endpoint again.
 */
export class TrafficClock {
  #passed = 0;
  #at: number;

  /** @param now the current time of the monotonic clock, in ms */
  constructor(now: number) {
    this.#at = now;
  }

  /** The time of this clock, in ms, from 0. */
  get now(): number {
    return this.#passed;
  }

  /** Advances the clock for a new request at the time `now`. */
  advance(now: number): void {
    this.#passed += Math.min(now - this.#at, maxAdvanceMs);
    this.#at = now;
  }
}
