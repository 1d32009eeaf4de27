/** The rates of a {@link RetryBudget}. */
export interface RetryBudgetOptions {
  /** The part of a retry that each request adds. */
  ratio: number;
  /** The retries available at the start, and the maximum that can accumulate. */
  floor: number;
  /** The retries added per second regardless of requests, so that retries stay possible under low load. */
  perSecond: number;
}

/** With these, a dead LLM server receives at most 1.2 times the callers' requests, plus 10, plus one every two seconds. */
export const retryBudgetDefaults: RetryBudgetOptions = { ratio: 0.2, floor: 10, perSecond: 0.5 };

/** Absorbs floating-point rounding: sums of fractions such as 0.2 are not exact. */
const tolerance = 1e-9;

/**
 * Limits the retries of all requests together, so that retries do not overload a failing server: a token bucket that requests
 * fill and retries empty. Failovers to healthy endpoints are always permitted but also drain the budget, which stops repeated
 * retries against dead endpoints.
 */
export class RetryBudget {
  #tokens: number;
  #at: number;
  readonly #options: RetryBudgetOptions;

  /** @param now the current time of the monotonic clock, in ms */
  constructor(options: RetryBudgetOptions, now: number) {
    this.#options = options;
    this.#tokens = options.floor;
    this.#at = now;
  }

  /** The retries available now; negative after failovers that exceeded the budget. */
  available(now: number): number {
    const earned = (Math.max(0, now - this.#at) / 1_000) * this.#options.perSecond;
    return Math.min(this.#options.floor, this.#tokens + earned);
  }

  /** Adds the share of a new request. */
  earn(now: number): void {
    this.#tokens = Math.min(this.#options.floor, this.available(now) + this.#options.ratio);
    this.#at = now;
  }

  /** Takes one retry even if none is available; the budget may become negative. */
  charge(now: number): void {
    this.#tokens = this.available(now) - 1;
    this.#at = now;
  }

  /** Whether a retry is available. */
  hasRetry(now: number): boolean {
    return this.available(now) >= 1 - tolerance;
  }

  /** Takes one retry if one is available. @returns whether it was */
  spend(now: number): boolean {
    if (!this.hasRetry(now)) return false;
    this.charge(now);
    return true;
  }
}
