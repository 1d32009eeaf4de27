export interface RetryBudgetOptions {
  /** Retries that each request earns. */
  ratio: number;
  /** Retries that are there from the start, and at most. */
  floor: number;
  /** Retries that time alone gives back, so that a quiet server may always retry a little. */
  perSecond: number;
}

/** With these a dead LLM sees at most 1.2 times the requests of our callers, plus 10, plus one every two seconds. */
export const retryBudgetDefaults: RetryBudgetOptions = { ratio: 0.2, floor: 10, perSecond: 0.5 };

/** Fifths do not add up to a whole exactly. */
const rounding = 1e-9;

/**
 * How many retries all requests together may make: what helps one request must not bury a server that is down under
 * everybody's. A token bucket that requests fill and retries empty. Turning to an endpoint in good health is never
 * refused, but it is counted: while many do so, nobody knocks again at a door that stays shut.
 */
export class RetryBudget {
  #tokens: number;
  #at: number;
  readonly #options: RetryBudgetOptions;

  /** @param now on the monotonic clock of every later call, in ms */
  constructor(options: RetryBudgetOptions, now: number) {
    this.#options = options;
    this.#tokens = options.floor;
    this.#at = now;
  }

  /** What could be spent now. */
  available(now: number): number {
    const earned = (Math.max(0, now - this.#at) / 1_000) * this.#options.perSecond;
    return Math.min(this.#options.floor, this.#tokens + earned);
  }

  /** A request came in for the first time. */
  earn(now: number): void {
    this.#tokens = Math.min(this.#options.floor, this.available(now) + this.#options.ratio);
    this.#at = now;
  }

  /** Takes one retry whether there is one or not; what is owed is earned back first. */
  charge(now: number): void {
    this.#tokens = this.available(now) - 1;
    this.#at = now;
  }

  hasRetry(now: number): boolean {
    return this.available(now) >= 1 - rounding;
  }

  /** Takes one retry, if there is one. */
  spend(now: number): boolean {
    if (!this.hasRetry(now)) return false;
    this.charge(now);
    return true;
  }
}
