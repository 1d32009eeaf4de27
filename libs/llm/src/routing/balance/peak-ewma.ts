/**
 * A moving average that believes bad news at once and good news slowly: it jumps up to a slower sample and falls
 * exponentially towards faster ones. Without samples it falls towards 0, so that what was slow once is tried again.
 * After the peak-EWMA of Twitter's Finagle.
 */
export class PeakEwma {
  #value: number | undefined;
  #at = 0;
  readonly #decayMs: number;

  /** @param decayMs the time in which the weight of an old sample falls to 1/e */
  constructor(decayMs: number) {
    this.#decayMs = decayMs;
  }

  /** Undefined until there was a sample. Times are on one monotonic clock, in ms. */
  value(now: number): number | undefined {
    return this.#value === undefined ? undefined : this.#value * this.#weight(now);
  }

  observe(sample: number, now: number): void {
    const old = this.value(now);
    if (old === undefined || sample > old) {
      this.#value = sample;
    } else {
      const weight = this.#weight(now);
      this.#value = (this.#value ?? 0) * weight + sample * (1 - weight);
    }
    this.#at = now;
  }

  forget(): void {
    this.#value = undefined;
  }

  #weight(now: number): number {
    return Math.exp(-Math.max(0, now - this.#at) / this.#decayMs);
  }
}
