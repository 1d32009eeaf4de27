import { type HedgingOptions } from '../llm-options.js';
import { type Endpoint } from '../endpoint.js';
import { RetryBudget } from '../retry/retry-budget.js';

/** An endpoint is late when its first token takes longer than that of so large a part of its last answers. */
const latePercentile = 0.95;

/** When a second endpoint may be asked beside one that is late, and how often all requests together may do so. */
export class Hedging {
  readonly #options: HedgingOptions;
  readonly #budget: RetryBudget;

  /** @param now on the monotonic clock of every later call, in ms */
  constructor(options: HedgingOptions, now: number) {
    this.#options = options;
    this.#budget = new RetryBudget({ ratio: options.ratio, floor: 1, perSecond: 0 }, now);
  }

  get isOn(): boolean {
    return this.#options.isOn;
  }

  /** A request came in. */
  earn(now: number): void {
    if (this.isOn) this.#budget.earn(now);
  }

  /** How many requests may be asked twice now. */
  available(now: number): number {
    return this.#budget.available(now);
  }

  /** How long the endpoint has for its first token before it is late, in ms; undefined when nobody can tell, or hedging is off. */
  lateAfterMs(endpoint: Endpoint): number | undefined {
    return this.isOn ? endpoint.firstTokenPercentile(latePercentile, this.#options.minSamples) : undefined;
  }

  mayHedge(now: number): boolean {
    return this.#budget.hasRetry(now);
  }

  spend(now: number): void {
    this.#budget.spend(now);
  }
}
