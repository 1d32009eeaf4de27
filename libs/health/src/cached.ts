/**
 * A value that is expensive to find out: callers share the finding under way, and then its outcome for `ttlMs` from its
 * end. A failure is told to everybody who waited for it, and is not kept.
 */
export class Cached<Value> {
  #kept: { value: Value; until: number } | undefined;
  #finding: Promise<Value> | undefined;
  readonly #ttlMs: number;
  /** A monotonic clock, in ms. */
  readonly #now: () => number;

  readonly #find: () => Promise<Value>;

  constructor(
    find: () => Promise<Value>,
    ttlMs: number,

    now: () => number,
  ) {
    this.#find = find;
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Rejects as `find` does. */
  get(): Promise<Value> {
    if (this.#kept !== undefined && this.#now() < this.#kept.until) return Promise.resolve(this.#kept.value);
    // Cleared a tick later at the earliest: a find that throws at once must not be kept for ever.
    this.#finding ??= this.#start().finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  async #start(): Promise<Value> {
    const value = await this.#find();
    this.#kept = { value, until: this.#now() + this.#ttlMs };
    return value;
  }
}
