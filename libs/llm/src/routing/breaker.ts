export type BreakerState = 'closed' | 'open' | 'half_open';

/** Decides whether an endpoint that keeps failing is asked at all. Times are on one monotonic clock, in ms. */
export interface Breaker {
  state(now: number): BreakerState;
  /** May a request be sent now? */
  allows(now: number): boolean;
  /** A request is being sent; while half open, it is the one probe. */
  started(now: number): void;
  succeeded(): void;
  failed(now: number): void;
  /** A request ended without telling anything about the endpoint: it was cancelled. */
  unknown(): void;
}

export interface BreakerOptions {
  /** Consecutive failures that open it. */
  failures: number;
  /** How long it stays open before one probe is let through, in ms. */
  openMs: number;
}

export const breakerDefaults: BreakerOptions = { failures: 5, openMs: 5_000 };

/** Opens after so many failures in a row; lets a single probe through once its time is over. */
export class ConsecutiveBreaker implements Breaker {
  readonly #options: BreakerOptions;
  #failures = 0;
  #openUntil: number | undefined;
  #probing = false;

  constructor(options: BreakerOptions = breakerDefaults) {
    this.#options = options;
  }

  state(now: number): BreakerState {
    if (this.#openUntil === undefined) return 'closed';
    return now < this.#openUntil ? 'open' : 'half_open';
  }

  allows(now: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'half_open' && !this.#probing);
  }

  started(now: number): void {
    if (this.state(now) === 'half_open') this.#probing = true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = undefined;
    this.#probing = false;
  }

  failed(now: number): void {
    this.#failures += 1;
    this.#probing = false;
    if (this.#failures >= this.#options.failures) this.#openUntil = now + this.#options.openMs;
  }

  unknown(): void {
    this.#probing = false;
  }
}
