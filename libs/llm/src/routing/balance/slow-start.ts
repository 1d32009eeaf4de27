/** After so many good answers an endpoint that has come back is one like the others. */
const answersToTrust = 16;

/**
 * Keeps an endpoint that has just come back from being flooded: it may have one request at first, and one more with
 * every answer, as TCP opens its window. An endpoint that was never away is not held back.
 */
export class SlowStart {
  #answersLeft = 0;

  /** It is back. */
  begin(): void {
    this.#answersLeft = answersToTrust;
  }

  succeeded(): void {
    if (this.#answersLeft > 0) this.#answersLeft -= 1;
  }

  /** @param inFlight requests that it has already */
  allows(inFlight: number): boolean {
    return this.#answersLeft === 0 || inFlight < answersToTrust - this.#answersLeft + 1;
  }
}
