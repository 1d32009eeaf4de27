/** How long after the last request spare connections are kept, in milliseconds. */
const keepSparesMs = 60_000;

/**
 * How many spare connections an endpoint should have, so that no request waits for a connect and its settle time: one,
 * and one more for each request that had to wait, up to a bound; halved at each heartbeat interval without such a request.
 */
export class SpareTarget {
  #target = 1;
  #lastRequestAt = Number.NEGATIVE_INFINITY;
  #hasWaited = false;
  readonly #most: number;

  /** @param most upper bound */
  constructor(most: number) {
    this.#most = most;
  }

  /** Records a request. @param now in milliseconds of the clock */
  onRequest(now: number): void {
    this.#lastRequestAt = now;
  }

  /** Records a request that found no connection ready. */
  onWait(): void {
    this.#hasWaited = true;
    this.#target = Math.min(this.#most, this.#target + 1);
  }

  /** Reduces the target if no request had to wait since the last call. */
  onHeartbeat(): void {
    if (!this.#hasWaited) this.#target = Math.max(1, Math.floor(this.#target / 2));
    this.#hasWaited = false;
  }

  /** The target; 0 after a minute without requests. @param now in milliseconds of the clock */
  at(now: number): number {
    return now - this.#lastRequestAt < keepSparesMs ? this.#target : 0;
  }
}
