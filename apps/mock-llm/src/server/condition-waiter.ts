/** Lets tests wait for a condition instead of sleeping. */
export class ConditionWaiter {
  readonly #checks = new Set<() => void>();
  #ended = false;

  /**
   * Resolves when the condition holds; it is checked now and after each {@link changed}.
   * @param timeoutMs time limit in milliseconds
   * @throws Error if it does not hold in time, or before {@link end}
   */
  waitFor(condition: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (callback: () => void) => {
        clearTimeout(timer);
        this.#checks.delete(check);
        callback();
      };
      const check = () => {
        if (condition()) settle(resolve);
        else if (this.#ended) settle(() => reject(new Error('The mock LLM stopped first.')));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`The condition did not hold within ${timeoutMs} ms.`))),
        timeoutMs,
      );
      this.#checks.add(check);
      check();
    });
  }

  /** Checks all conditions. */
  changed(): void {
    for (const check of this.#checks) check();
  }

  /** Rejects all waiting calls whose condition does not hold. */
  end(): void {
    this.#ended = true;
    this.changed();
  }
}
