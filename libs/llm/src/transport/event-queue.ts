/**
 * Passes events to one reader, in batches: under load the reader wakes once for each read of the socket instead of once
 * for each event. Events that were pushed before {@link end} or {@link fail} are still delivered. The queue has no bound
 * of its own; the producer limits what it pushes.
 */
export class EventQueue<T> {
  #events: T[] = [];
  #hasEnded = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** Adds an event; ignored after the end. */
  push(event: T): void {
    if (this.#hasEnded) return;
    this.#events.push(event);
    this.#wake?.();
  }

  /** Ends the queue. */
  end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  /** Ends the queue with an error; ignored after the end. */
  fail(error: Error): void {
    if (this.#hasEnded) return;
    this.#error = error;
    this.end();
  }

  /**
   * All events since the last call, in order; waits for one if there is none. Empty once the queue has ended and all
   * events were taken; rejects with the error of {@link fail}.
   */
  async take(): Promise<readonly T[]> {
    if (this.#events.length === 0 && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    const events = this.#events;
    if (events.length === 0 && this.#error !== undefined) throw this.#error;
    this.#events = [];
    return events;
  }
}
