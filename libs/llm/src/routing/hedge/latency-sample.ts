/** The number of values that are kept. */
const size = 128;
/** The number of new values after which the values are sorted again. */
const staleAfter = 16;

/** Keeps the newest 128 values and computes their percentiles, which may lag behind by up to 15 values. */
export class LatencySample {
  readonly #values: number[] = [];
  #next = 0;
  #sorted: number[] = [];
  #unsorted = 0;

  /** The number of values kept. */
  get count(): number {
    return this.#values.length;
  }

  /** Adds a value; replaces the oldest one if 128 are kept. */
  observe(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % size;
    this.#unsorted += 1;
  }

  /** The value that the given part of the values (0 to 1) does not exceed; undefined if there are none. */
  percentile(fraction: number): number | undefined {
    if (this.#unsorted >= staleAfter || this.#sorted.length === 0) {
      this.#sorted = [...this.#values].sort((a, b) => a - b);
      this.#unsorted = 0;
    }
    return this.#sorted[Math.min(this.#sorted.length - 1, Math.floor(fraction * this.#sorted.length))];
  }
}
