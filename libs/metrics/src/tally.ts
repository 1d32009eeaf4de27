/** What has been observed of one series of a histogram. */
export class Tally {
  readonly #bounds: readonly number[];
  /** Observations by bucket: one for each bound, and one for what is above them all. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds upper bounds of the buckets, inclusive, in ascending order */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && !(value <= this.#bounds[bucket]!)) bucket += 1;
    this.#counts[bucket]! += 1;
    this.#sum += value;
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count);
  }

  /** For each bound, how many observations did not exceed it. */
  get cumulated(): { bound: number; count: number }[] {
    let count = 0;
    return this.#bounds.map((bound, bucket) => ({ bound, count: (count += this.#counts[bucket]!) }));
  }
}
