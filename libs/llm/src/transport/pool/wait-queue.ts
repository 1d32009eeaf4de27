import { FairQueue, type Owner } from '#fairness';

/**
 * Requests that wait for a connection, served round robin by owner, and in order of arrival within an owner; each can
 * leave at any time.
 */
export class WaitQueue<T> {
  readonly #waiting = new FairQueue<PromiseWithResolvers<T>>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Requests of this owner that wait. */
  sizeOf(owner: Owner): number {
    return this.#waiting.sizeOf(owner);
  }

  /** How many waiting requests would be served now, if each owner may have so many more. */
  servable(allowance: (owner: Owner) => number): number {
    let count = 0;
    for (const owner of this.#waiting.owners()) count += Math.min(this.sizeOf(owner), allowance(owner));
    return count;
  }

  /** Joins the end. Rejects with the signal's reason as soon as it is aborted, and leaves the queue. */
  async wait(signal: AbortSignal, owner?: Owner): Promise<T> {
    signal.throwIfAborted();
    const place = Promise.withResolvers<T>();
    const leave = (): void => {
      this.#waiting.remove(owner, place);
      place.reject(signal.reason as Error);
    };
    this.#waiting.add(owner, place);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await place.promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /**
   * Serves the request whose turn it is; owners without a request in flight go first.
   * @param give creates what the request waits for
   * @param mayServe owners for whom it is false are skipped
   * @param holdsNone the owner has no request in flight
   * @returns false when no such request waits
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

  /** Rejects the request whose turn it is. */
  turnAway(reason: Error): void {
    this.#waiting.take()?.item.reject(reason);
  }

  turnAllAway(reason: Error): void {
    for (const place of this.#waiting.clear()) place.reject(reason);
  }
}
