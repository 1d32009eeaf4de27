import { FairQueue, type Owner } from '#fairness';

/**
 * Requests that wait for a connection, served round robin by owner and in order of arrival within an owner. Each can be
 * aborted at any time.
 */
export class WaitQueue<T> {
  readonly #waiting = new FairQueue<PromiseWithResolvers<T>>();

  /** Number of waiting requests. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Requests of this owner that wait. */
  sizeOf(owner: Owner): number {
    return this.#waiting.sizeOf(owner);
  }

  /** How many waiting requests could be served now. @param allowance how many more requests each owner may have */
  servable(allowance: (owner: Owner) => number): number {
    let count = 0;
    for (const owner of this.#waiting.owners()) count += Math.min(this.sizeOf(owner), allowance(owner));
    return count;
  }

  /** Adds a request. If the signal is aborted, the request leaves the queue and rejects with the signal's reason. */
  async wait(signal: AbortSignal, owner?: Owner): Promise<T> {
    signal.throwIfAborted();
    const entry = Promise.withResolvers<T>();
    const leave = (): void => {
      this.#waiting.remove(owner, entry);
      entry.reject(signal.reason as Error);
    };
    this.#waiting.add(owner, entry);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await entry.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /**
   * Serves the next request; owners without a request in flight go first.
   * @param give creates the value for the request
   * @param mayServe owners for whom it is false are skipped
   * @param holdsNone whether the owner has no request in flight
   * @returns false if no such request waits
   */
  serve(
    give: (owner: Owner) => T,
    mayServe: (owner: Owner) => boolean = () => true,
    holdsNone: (owner: Owner) => boolean = () => false,
  ): boolean {
    const next =
      this.#waiting.take((owner) => holdsNone(owner) && mayServe(owner)) ?? this.#waiting.take(mayServe);
    next?.item.resolve(give(next.owner));
    return next !== undefined;
  }

  /** Rejects the next request. */
  rejectNext(reason: Error): void {
    this.#waiting.take()?.item.reject(reason);
  }

  /** Rejects all requests. */
  rejectAll(reason: Error): void {
    for (const entry of this.#waiting.clear()) entry.reject(reason);
  }
}
