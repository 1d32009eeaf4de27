/** Called at every tick until it returns false. */
export type TickTask = () => boolean;

/**
 * One timer for everything that is paced, however many streams there are; it runs only while there are tasks.
 * A timer per token would cost more than the tokens.
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

  /** Forgets all tasks. */
  stop(): void {
    this.#tasks.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    for (const task of this.#tasks) if (!task()) this.remove(task);
  }
}
