/** Maximum duration of a slice, in ms. A single piece of work is never divided. */
const sliceMs = 12;

/** Runs pieces of work in slices. Between two slices the browser handles input and renders. */
export class TimeSlices {
  #inSliceMs = 0;
  #busyMs = 0;

  /** Total duration of the work so far, in ms. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Runs a piece of work: now, or in a new task if the slice is used up. */
  async run(work: () => void): Promise<void> {
    if (this.#inSliceMs >= sliceMs) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#inSliceMs = 0;
    }
    const start = performance.now();
    work();
    const durationMs = performance.now() - start;
    this.#inSliceMs += durationMs;
    this.#busyMs += durationMs;
  }
}
