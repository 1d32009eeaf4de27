import { setImmediate as nextTurn } from 'node:timers/promises';

/** Divides long work on the event loop into slices, so that other ready work gets its turn between two of them. */
export class Pacer {
  #since: number;
  readonly #sliceMs: number;
  readonly #now: () => number;
  readonly #yieldTurn: () => Promise<unknown>;

  /**
   * @param sliceMs how long a slice may take, in milliseconds
   * @param now a clock in milliseconds
   * @param yieldTurn resolves when the event loop has served what was ready
   */
  constructor(
    sliceMs: number,
    now: () => number = () => performance.now(),
    yieldTurn: () => Promise<unknown> = () => nextTurn(),
  ) {
    this.#sliceMs = sliceMs;
    this.#now = now;
    this.#yieldTurn = yieldTurn;
    this.#since = now();
  }

  /** Call it between two steps: when the slice is over, it waits for one turn of the event loop. */
  async step(): Promise<void> {
    if (this.#now() - this.#since < this.#sliceMs) return;
    await this.#yieldTurn();
    this.#since = this.#now();
  }
}
