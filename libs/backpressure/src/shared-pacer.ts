/** How long all writers together may block the event loop, in ms. */
const sliceMs = 5;

/**
 * Divides the encoding of all large responses of the process into time slices: all writers share one slice per turn of the
 * event loop, and waiting writers continue in order. So other requests wait for at most one slice, however many writers
 * there are.
 */
export class SharedPacer {
  readonly #waiting: (() => void)[] = [];
  #since: number;
  #isScheduled = false;

  readonly #now: () => number;
  readonly #onNextTurn: (callback: () => void) => void;

  /**
   * @param now monotonic time in ms
   * @param onNextTurn calls back in the next turn of the event loop
   */
  constructor(
    now: () => number = () => performance.now(),
    onNextTurn: (callback: () => void) => void = setImmediate,
  ) {
    this.#now = now;
    this.#onNextTurn = onNextTurn;
    this.#since = now();
  }

  /**
   * Call it between two steps of a writer. At most one writer per response in progress waits.
   * @returns undefined if the writer may continue at once, else a promise to wait for
   */
  step(): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#now() - this.#since < sliceMs) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#onNextTurn(() => {
      this.#isScheduled = false;
      this.#since = this.#now();
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
