type Key = string | number;
type Level = Map<Key, unknown>;

/**
 * A map with several keys per value (a path). Joining them to one string for an ordinary map costs more than the nested
 * look-ups. All paths of a map have the same length.
 */
export class PathMap<T extends object> {
  readonly #root: Level = new Map();
  readonly #values: T[] = [];

  /** All values in the order in which they were added. */
  get values(): readonly T[] {
    return this.#values;
  }

  /** The value at a path, if any. */
  get(path: readonly Key[]): T | undefined {
    let found: unknown = this.#root;
    for (const key of path) found = (found as Level | undefined)?.get(key);
    return found as T | undefined;
  }

  /** Adds a value at a path that has none. @returns the value */
  add(path: readonly Key[], value: T): T {
    let level = this.#root;
    for (const key of path.slice(0, -1)) {
      const next = (level.get(key) as Level | undefined) ?? (new Map() as Level);
      level.set(key, next);
      level = next;
    }
    level.set(path.at(-1)!, value);
    this.#values.push(value);
    return value;
  }
}
