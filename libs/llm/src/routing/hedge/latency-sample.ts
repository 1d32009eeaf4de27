/** How many of the newest values are looked at. */
const size = 128;
/** How many new values make the percentiles worth sorting again. */
const staleAfter = 16;

/** The newest values of something, and their percentiles; sorted anew only now and then. */
export class LatencySample {
  readonly #values: number[] = [];
  #next = 0;
  #sorted: number[] = [];
  #unsorted = 0;

  get count(): number {
    return this.#values.length;
  }

  observe(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % size;
    this.#unsorted += 1;
  }

  /** The value that a part `fraction` of the newest ones do not exceed; undefined while there are none. */
  percentile(fraction: number): number | undefined {
    if (this.#unsorted >= staleAfter || this.#sorted.length === 0) {
      this.#sorted = [...this.#values].sort((a, b) => a - b);
      this.#unsorted = 0;
    }
    return this.#sorted[Math.min(this.#sorted.length - 1, Math.floor(fraction * this.#sorted.length))];
  }
}
