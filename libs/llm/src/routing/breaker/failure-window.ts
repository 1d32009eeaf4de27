/** The number of slices of a window, which moves by one slice at a time. */
const sliceCount = 10;

interface Slice {
  /** The number of the slice's time span since time 0. */
  period: number;
  total: number;
  failed: number;
}

/** Counts the outcomes in a sliding window, in a circular buffer of slices: memory is constant. Times are in ms. */
export class FailureWindow {
  readonly #sliceMs: number;
  #slices: Slice[] = [];

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / sliceCount;
  }

  /** Adds an outcome. */
  count(isSuccess: boolean, now: number): void {
    const period = Math.floor(now / this.#sliceMs);
    const index = period % sliceCount;
    let slice = this.#slices[index];
    if (slice?.period !== period) slice = this.#slices[index] = { period, total: 0, failed: 0 };
    slice.total += 1;
    if (!isSuccess) slice.failed += 1;
  }

  /** The outcomes in the window that ends at `now`. */
  counts(now: number): { total: number; failed: number } {
    const oldest = Math.floor(now / this.#sliceMs) - sliceCount;
    const sum = { total: 0, failed: 0 };
    for (const slice of this.#slices) {
      if (slice === undefined || slice.period <= oldest) continue;
      sum.total += slice.total;
      sum.failed += slice.failed;
    }
    return sum;
  }

  /** Discards all outcomes. */
  clear(): void {
    this.#slices = [];
  }
}
