/** Into how many pieces the window is cut; it moves on by a piece at a time. */
const slices = 10;

interface Slice {
  /** Which piece of time this is, counted from the clock's beginning. */
  period: number;
  total: number;
  failed: number;
}

/** Counts outcomes of the last seconds, in a ring of pieces: constant memory, however many there are. */
export class FailureWindow {
  readonly #sliceMs: number;
  #ring: Slice[] = [];

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / slices;
  }

  count(isSuccess: boolean, now: number): void {
    const period = Math.floor(now / this.#sliceMs);
    const place = period % slices;
    let slice = this.#ring[place];
    if (slice?.period !== period) slice = this.#ring[place] = { period, total: 0, failed: 0 };
    slice.total += 1;
    if (!isSuccess) slice.failed += 1;
  }

  counts(now: number): { total: number; failed: number } {
    const oldest = Math.floor(now / this.#sliceMs) - slices;
    const sum = { total: 0, failed: 0 };
    for (const slice of this.#ring) {
      if (slice === undefined || slice.period <= oldest) continue;
      sum.total += slice.total;
      sum.failed += slice.failed;
    }
    return sum;
  }

  clear(): void {
    this.#ring = [];
  }
}
