/**
 * An exponentially weighted moving average that follows peaks: it rises to a higher sample immediately and decays towards lower
 * ones. Without samples it decays towards 0, so that an endpoint that was slow once is tried again. After the peak EWMA of
 * Twitter's Finagle. Times are of one monotonic clock, in ms.
 */
export class PeakEwma {
  #value: number | undefined;
  #at = 0;
  readonly #decayMs: number;

  /** @param decayMs the time in which the weight of an old sample falls to 1/e */
  constructor(decayMs: number) {
    this.#decayMs = decayMs;
  }

  /** The decayed average; undefined without samples. */
  value(now: number): number | undefined {
    return this.#value === undefined ? undefined : this.#value * this.#weight(now);
  }

  /** Adds a sample, at least 0. */
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

  /** Discards all samples. */
  forget(): void {
    this.#value = undefined;
  }

  #weight(now: number): number {
    return Math.exp(-Math.max(0, now - this.#at) / this.#decayMs);
  }
}
