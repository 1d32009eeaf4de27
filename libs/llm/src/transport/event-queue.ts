/**
 * Turns pushed events into an async iteration for one reader. What was pushed before {@link end} or {@link fail}
 * is still delivered. Whoever pushes bounds what it pushes.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  #events: T[] = [];
  #next = 0;
  #over = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  push(event: T): void {
    if (this.#over) return;
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#over = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#error = error;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      if (this.#next < this.#events.length) {
        yield this.#events[this.#next++]!;
      } else if (this.#over) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        this.#events = [];
        this.#next = 0;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    }
  }
}
