/** How long all writers together may keep the event loop, in milliseconds. */
const sliceMs = 5;

/**
 * Divides the encoding of all large responses of the process into slices: writers share each turn of the event loop, and those
 * that wait get their turns one after the other. So however many there are, other requests wait for one slice of them.
 */
export class SharedPacer {
  readonly #waiting: (() => void)[] = [];
  #since: number;
  #isScheduled = false;

  readonly #now: () => number;
  readonly #onNextTurn: (callback: () => void) => void;

  /**
   * @param now a clock in milliseconds
   * @param onNextTurn calls back when the event loop has served what was ready
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
   * To be called by each writer between two of its steps. Undefined if it may go on at once; else it has to wait for its
   * turn. There are no more that wait than responses under way.
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
