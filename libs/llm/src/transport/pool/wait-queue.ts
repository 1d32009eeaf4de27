/** Requests that wait for a connection, in order of arrival; each can leave at any time. */
export class WaitQueue<T> {
  readonly #waiting = new Set<PromiseWithResolvers<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Joins the end. Rejects with the signal's reason as soon as it is aborted, and leaves the queue. */
  async wait(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const place = Promise.withResolvers<T>();
    const leave = (): void => {
      this.#waiting.delete(place);
      place.reject(signal.reason as Error);
    };
    this.#waiting.add(place);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await place.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Serves whoever has waited longest. False when nobody waits. */
  serve(value: T): boolean {
    const first = this.#first();
    first?.resolve(value);
    return first !== undefined;
  }

  /** Turns away whoever has waited longest. */
  turnAway(reason: Error): void {
    this.#first()?.reject(reason);
  }

  turnAllAway(reason: Error): void {
    while (this.size > 0) this.turnAway(reason);
  }

  #first(): PromiseWithResolvers<T> | undefined {
    const first = this.#waiting.values().next().value;
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }
}
