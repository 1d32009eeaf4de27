/** After so long without a request no connection is opened in advance, in ms. */
const needLastsMs = 60_000;

/**
 * How many unused connections an endpoint should have in reserve, so that no request waits for a connect and its settle
 * time: one, and one more for each request that had to wait, up to a bound; halved after each heartbeat without a
 * waiting request.
 */
export class SpareTarget {
  #target = 1;
  #lastNeededAt = Number.NEGATIVE_INFINITY;
  #hasWaited = false;
  readonly #most: number;

  /** @param most never more than so many */
  constructor(most: number) {
    this.#most = most;
  }

  /** A request came. */
  needed(now: number): void {
    this.#lastNeededAt = now;
  }

  /** A request came, and no connection was ready. */
  waited(): void {
    this.#hasWaited = true;
    this.#target = Math.min(this.#most, this.#target + 1);
  }

  beat(): void {
    if (!this.#hasWaited) this.#target = Math.max(1, Math.floor(this.#target / 2));
    this.#hasWaited = false;
  }

  /** 0 while no request has come for a minute. */
  at(now: number): number {
    return now - this.#lastNeededAt < needLastsMs ? this.#target : 0;
  }
}
