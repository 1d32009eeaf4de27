/** Things that were started, to be stopped in the reverse order. */
export class Shutdown {
  readonly #steps: { name: string; stop: () => Promise<void> }[] = [];
  #running: Promise<void> | undefined;

  readonly #onError: (step: string, error: unknown) => void;

  constructor(onError: (step: string, error: unknown) => void) {
    this.#onError = onError;
  }

  add(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Stops everything; a step that fails does not keep the others from being stopped. Later calls join the first. */
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
