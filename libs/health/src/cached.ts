/**
 * Caches the result of an expensive call: concurrent callers share a pending call, and later callers its result for
 * `ttlMs` after it has resolved. A failure rejects all waiting callers and is not cached.
 */
export class Cached<Value> {
  #cache: { value: Value; until: number } | undefined;
  #pending: Promise<Value> | undefined;
  readonly #ttlMs: number;
  readonly #now: () => number;

  readonly #find: () => Promise<Value>;

  /** @param now monotonic time in ms */
  constructor(find: () => Promise<Value>, ttlMs: number, now: () => number) {
    this.#find = find;
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Returns the cached or a new result. Rejects as `find` does. */
  get(): Promise<Value> {
    if (this.#cache !== undefined && this.#now() < this.#cache.until)
      return Promise.resolve(this.#cache.value);
    // Cleared after the assignment, even if `find` throws synchronously.
    this.#pending ??= this.#start().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #start(): Promise<Value> {
    const value = await this.#find();
    this.#cache = { value, until: this.#now() + this.#ttlMs };
    return value;
  }
}
