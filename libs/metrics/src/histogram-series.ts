/** The observations of one series of a histogram. */
export class HistogramSeries {
  readonly #bounds: readonly number[];
  /** Observations per bucket: one per bound, and one above all bounds. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds of the buckets, inclusive, in ascending order */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Adds an observation. */
  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && !(value <= this.#bounds[bucket]!)) bucket += 1;
    this.#counts[bucket]! += 1;
    this.#sum += value;
  }

  /** The sum of all observations. */
  get sum(): number {
    return this.#sum;
  }

  /** The number of observations. */
  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count);
  }

  /** Per bound, the number of observations up to it (inclusive). */
  get cumulated(): { bound: number; count: number }[] {
    let count = 0;
    return this.#bounds.map((bound, bucket) => ({ bound, count: (count += this.#counts[bucket]!) }));
  }
}
