import { type HedgingOptions } from '../llm-options.js';
import { type Endpoint } from '../endpoint.js';
import { RetryBudget } from '../retry/retry-budget.js';

/** An attempt counts as late when its first token takes longer than this part of the endpoint's recent ones. */
const latePercentile = 0.95;

/** Decides when an attempt is late enough for a hedge, and limits the hedges of all requests together. */
export class Hedging {
  readonly #options: HedgingOptions;
  readonly #budget: RetryBudget;

  /** @param now the current time of the monotonic clock, in ms */
  constructor(options: HedgingOptions, now: number) {
    this.#options = options;
    this.#budget = new RetryBudget({ ratio: options.ratio, floor: 1, perSecond: 0 }, now);
  }

  /** Whether hedging is enabled. */
  get isOn(): boolean {
    return this.#options.isOn;
  }

  /** Adds the share of a new request to the budget. */
  earn(now: number): void {
    if (this.isOn) this.#budget.earn(now);
  }

  /** The number of hedges available now. */
  available(now: number): number {
    return this.#budget.available(now);
  }

  /**
   * The time to first token after which an attempt at the endpoint is late, in ms; undefined if hedging is off or the
   * endpoint has too few measured answers.
   */
  lateAfterMs(endpoint: Endpoint): number | undefined {
    return this.isOn ? endpoint.firstTokenPercentile(latePercentile, this.#options.minSamples) : undefined;
  }

  /** Whether the budget permits a hedge now. */
  mayHedge(now: number): boolean {
    return this.#budget.hasRetry(now);
  }

  /** Takes one hedge from the budget. */
  spend(now: number): void {
    this.#budget.spend(now);
  }
}
