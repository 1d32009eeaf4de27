/** Stops what was started, in reverse order. */
export class Shutdown {
  readonly #steps: { name: string; stop: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  readonly #onError: (step: string, error: unknown) => void;

  /** @param onError called for each step that fails, with its name */
  constructor(onError: (step: string, error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a step. @param name for error messages */
  add(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Runs all steps, even if one fails. Later calls return the promise of the first. */
  run(): Promise<void> {
    return (this.#running ??= this.#stopAll());
  }

  async #stopAll(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { name } = step;
      await step.stop().catch((error: unknown) => this.#onError(name, error));
    }
  }
}
