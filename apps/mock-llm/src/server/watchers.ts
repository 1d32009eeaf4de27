/** Lets somebody wait for a state instead of sleeping. */
export class Watchers {
  readonly #looks = new Set<() => void>();
  #ended = false;

  /**
   * Resolves when the condition holds; it is looked at now and whenever something changed.
   * @throws Error when it does not hold in time, or not by the end
   */
  waitFor(condition: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        act();
      };
      const look = () => {
        if (condition()) settle(resolve);
        else if (this.#ended) settle(() => reject(new Error('The mock LLM stopped first.')));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`The mock LLM did not come to this in ${timeoutMs} ms.`))),
        timeoutMs,
      );
      this.#looks.add(look);
      look();
    });
  }

  changed(): void {
    for (const look of this.#looks) look();
  }

  /** Nothing changes any more. */
  end(): void {
    this.#ended = true;
    this.changed();
  }
}
