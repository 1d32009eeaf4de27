import { FailureWindow } from './failure-window.js';

/** The state of a circuit breaker: `open` blocks requests, `half_open` permits one probe. */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** A circuit breaker: stops requests to an endpoint that keeps failing. Times are of one monotonic clock, in ms. */
export interface Breaker {
  /** The current state. */
  state(now: number): BreakerState;
  /** Whether a request may be sent now. */
  allows(now: number): boolean;
  /** Records that a request is sent; in the half-open state it is the probe. */
  started(now: number): void;
  /** Records a success. */
  succeeded(now: number): void;
  /** Records a failure. */
  failed(now: number): void;
  /** Records the end of a request that says nothing about the endpoint, such as a cancellation. */
  inconclusive(): void;
}

/** The thresholds and times of an {@link OutlierBreaker}. */
export interface BreakerOptions {
  /** The number of consecutive failures that opens the breaker. */
  failures: number;
  /** The part of failed requests in the window that opens the breaker, from 0 to 1. */
  failureRate: number;
  /** The minimum number of requests in the window for the failure rate to count. */
  minRequests: number;
  /** The length of the window, in ms. */
  windowMs: number;
  /** The maximum time in the open state the first time, in ms; doubles each time the breaker opens again. */
  openMs: number;
  /** The upper bound of the doubled time, in ms. */
  maxOpenMs: number;
  /** The time in the closed state after which the next opening counts as the first one, in ms. */
  forgetMs: number;
}

/** The defaults of {@link BreakerOptions}. */
export const breakerDefaults: BreakerOptions = {
  failures: 5,
  failureRate: 0.5,
  minRequests: 20,
  windowMs: 10_000,
  openMs: 5_000,
  maxOpenMs: 60_000,
  forgetMs: 120_000,
};

/**
 * Opens after a number of consecutive failures, or if the failure rate of a sliding window is too high. In the half-open state,
 * one request is sent as a probe: its success closes the breaker, its failure opens it again for twice the time.
 */
export class OutlierBreaker implements Breaker {
  readonly #options: BreakerOptions;
  readonly #random: () => number;
  readonly #window: FailureWindow;
  #consecutive = 0;
  #openings = 0;
  #openUntil: number | undefined;
  #closedAt = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  /** @param random returns a number in [0, 1) */
  constructor(options: BreakerOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    this.#window = new FailureWindow(options.windowMs);
  }

  state(now: number): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil ? 'open' : 'half_open';
  }

  allows(now: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'half_open' && !this.#isProbing);
  }

  started(now: number): void {
    if (this.state(now) === 'half_open') this.#isProbing = true;
  }

  succeeded(now: number): void {
    this.#consecutive = 0;
    this.#isProbing = false;
    if (this.#openUntil === undefined) {
      this.#window.count(true, now);
      return;
    }
    this.#openUntil = undefined;
    this.#closedAt = now;
    this.#window.clear();
  }

  failed(now: number): void {
    this.#consecutive += 1;
    this.#window.count(false, now);
    const wasProbe = this.#isProbing;
    this.#isProbing = false;
    if (this.state(now) !== 'open' && (wasProbe || this.#isOutlier(now))) this.#open(now);
  }

  inconclusive(): void {
    this.#isProbing = false;
  }

  #isOutlier(now: number): boolean {
    const { failures, minRequests, failureRate } = this.#options;
    if (this.#consecutive >= failures) return true;
    const { total, failed } = this.#window.counts(now);
    return total >= minRequests && failed / total >= failureRate;
  }

  #open(now: number): void {
    const { openMs, maxOpenMs, forgetMs } = this.#options;
    const isFirst = this.#openUntil === undefined && now - this.#closedAt >= forgetMs;
    this.#openings = isFirst ? 1 : this.#openings + 1;
    const longest = Math.min(maxOpenMs, openMs * 2 ** (this.#openings - 1));
    // Half of the time is random (jitter), so that breakers that opened together do not probe at the same time.
    this.#openUntil = now + longest * (0.5 + this.#random() / 2);
  }
}
