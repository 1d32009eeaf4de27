/** How far a request moves the time on at most, in ms. */
const mostPerRequestMs = 200;

/**
 * Time as it counts for what is known of endpoints: it goes with the clock while requests come, and waits for the next one
 * when none does. Else a quiet server would forget between two requests who was slow, and find it out again at
 * somebody's expense.
 */
export class TrafficClock {
  #passed = 0;
  #at: number;

  /** @param now on the monotonic clock of every later call, in ms */
  constructor(now: number) {
    this.#at = now;
  }

  /** In ms. */
  get now(): number {
    return this.#passed;
  }

  requestCame(now: number): void {
    this.#passed += Math.min(now - this.#at, mostPerRequestMs);
    this.#at = now;
  }
}
