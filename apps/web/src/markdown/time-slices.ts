/** Longest work before the main thread is yielded, in ms; one piece of work is never divided. */
const sliceMs = 12;

/** Divides long work into slices, between which the browser handles input and draws. */
export class TimeSlices {
  #inSliceMs = 0;
  #busyMs = 0;

  /** Duration of all work so far, in ms. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Does a piece of work: now, or in a new task if the slice is used up. */
  async run(work: () => void): Promise<void> {
    if (this.#inSliceMs >= sliceMs) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#inSliceMs = 0;
    }
    const begun = performance.now();
    work();
    const took = performance.now() - begun;
    this.#inSliceMs += took;
    this.#busyMs += took;
  }
}
