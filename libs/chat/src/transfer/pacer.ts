import { setImmediate as nextTurn } from 'node:timers/promises';

/** Divides long work on the event loop into slices, between which the event loop handles other events. */
export class Pacer {
  #since: number;
  readonly #sliceMs: number;
  readonly #now: () => number;
  readonly #yieldTurn: () => Promise<unknown>;

  /**
   * @param sliceMs longest duration of a slice, in milliseconds
   * @param now a clock in milliseconds
   * @param yieldTurn resolves after one iteration of the event loop
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

  /** Call it between two steps. At the end of a slice it waits for one iteration of the event loop. */
  async step(): Promise<void> {
    if (this.#now() - this.#since < this.#sliceMs) return;
    await this.#yieldTurn();
    this.#since = this.#now();
  }
}
