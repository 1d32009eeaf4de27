/**
 * Hands pushed events to one reader, as many at once as have come: under load that costs one wake-up for each read
 * of the socket instead of one for each event. What was pushed before {@link end} or {@link fail} is still
 * delivered. Whoever pushes bounds what it pushes.
 */
export class EventQueue<T> {
  #events: T[] = [];
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

  /**
   * All events since the last call, in order; waits for one if there is none. Empty once everything was taken and
   * the queue has ended; rejects with what {@link fail} was given.
   */
  async take(): Promise<readonly T[]> {
    if (this.#events.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    const events = this.#events;
    if (events.length === 0 && this.#error !== undefined) throw this.#error;
    this.#events = [];
    return events;
  }
}
