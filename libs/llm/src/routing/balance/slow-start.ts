/** The number of answers after which a recovered endpoint is no longer limited. */
const answersToTrust = 16;

/**
 * Limits the concurrent requests of an endpoint that has just recovered: one at first, and one more with each answer, like
 * TCP slow start.
 */
export class SlowStart {
  #answersLeft = 0;

  /** The endpoint has recovered: the limit starts at one request. */
  begin(): void {
    this.#answersLeft = answersToTrust;
  }

  /** The endpoint has answered: the limit rises by one. */
  succeeded(): void {
    if (this.#answersLeft > 0) this.#answersLeft -= 1;
  }

  /**
   * Whether one more request may start.
   * @param inFlight the endpoint's unfinished requests
   */
  allows(inFlight: number): boolean {
    return this.#answersLeft === 0 || inFlight < answersToTrust - this.#answersLeft + 1;
  }
}
