/** A task that is called at every tick until it returns false. */
export type TickTask = () => boolean;

/**
 * One timer for all streams with a limited speed; it runs only while there are tasks. A timer per token would cost more
 * CPU than the tokens.
 */
export class Ticker {
  readonly #tasks = new Set<TickTask>();
  #timer: NodeJS.Timeout | undefined;
  readonly #intervalMs: number;

  constructor(intervalMs = 10) {
    this.#intervalMs = intervalMs;
  }

  add(task: TickTask): void {
    this.#tasks.add(task);
    this.#timer ??= setInterval(() => this.#tick(), this.#intervalMs);
  }

  remove(task: TickTask): void {
    this.#tasks.delete(task);
    if (this.#tasks.size === 0) this.stop();
  }

  /** Removes all tasks. */
  stop(): void {
    this.#tasks.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const task of this.#tasks) if (!task()) this.remove(task);
  }
}
