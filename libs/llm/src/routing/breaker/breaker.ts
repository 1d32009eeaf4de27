import { FailureWindow } from './failure-window.js';

export type BreakerState = 'closed' | 'open' | 'half_open';

/** Decides whether an endpoint that keeps failing is asked at all. Times are on one monotonic clock, in ms. */
export interface Breaker {
  state(now: number): BreakerState;
  /** May a request be sent now? */
  allows(now: number): boolean;
  /** A request is being sent; while half open, it is the one probe. */
  started(now: number): void;
  succeeded(now: number): void;
  failed(now: number): void;
  /** A request ended without telling anything about the endpoint: it was cancelled. */
  unknown(): void;
}

export interface BreakerOptions {
  /** Consecutive failures that open it. */
  failures: number;
  /** The part of the requests of a window that opens it when it fails, from 0 to 1. */
  failureRate: number;
  /** Fewer requests than this in a window say nothing of a rate. */
  minRequests: number;
  windowMs: number;
  /** How long it stays open at most the first time, before one probe is let through. Doubles with every time. */
  openMs: number;
  maxOpenMs: number;
  /** After so long without opening, the next time counts as the first one again. */
  forgetMs: number;
}

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
 * Opens after so many failures in a row, or when too large a part of the last requests failed. Every time it opens
 * again without a quiet time between, it stays open longer. Half open, it lets one request through, whose outcome
 * decides.
 */
export class OutlierBreaker implements Breaker {
  readonly #options: BreakerOptions;
  readonly #random: () => number;
  readonly #window: FailureWindow;
  #inARow = 0;
  #ejections = 0;
  #openUntil: number | undefined;
  #closedAt = Number.NEGATIVE_INFINITY;
  #isProbing = false;

  /** @param random a number in [0, 1) */
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
    this.#inARow = 0;
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
    this.#inARow += 1;
    this.#window.count(false, now);
    const wasProbe = this.#isProbing;
    this.#isProbing = false;
    if (this.state(now) !== 'open' && (wasProbe || this.#isOutlier(now))) this.#open(now);
  }

  unknown(): void {
    this.#isProbing = false;
  }

  #isOutlier(now: number): boolean {
    const { failures, minRequests, failureRate } = this.#options;
    if (this.#inARow >= failures) return true;
    const { total, failed } = this.#window.counts(now);
    return total >= minRequests && failed / total >= failureRate;
  }

  #open(now: number): void {
    const { openMs, maxOpenMs, forgetMs } = this.#options;
    const isFresh = this.#openUntil === undefined && now - this.#closedAt >= forgetMs;
    this.#ejections = isFresh ? 1 : this.#ejections + 1;
    const longest = Math.min(maxOpenMs, openMs * 2 ** (this.#ejections - 1));
    // Half of it is certain, half is drawn: breakers that opened together must not all probe at the same time.
    this.#openUntil = now + longest * (0.5 + this.#random() / 2);
  }
}
