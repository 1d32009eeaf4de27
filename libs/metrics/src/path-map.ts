type Key = string | number;
type Level = Map<Key, unknown>;

/**
 * Values that are found by several keys in turn. Making one text of them, to be a key of an ordinary map, costs more than
 * all these look-ups together. All paths of a map have the same length.
 */
export class PathMap<T extends object> {
  readonly #root: Level = new Map();
  readonly #values: T[] = [];

  /** In the order in which they were added. */
  get values(): readonly T[] {
    return this.#values;
  }

  get(path: readonly Key[]): T | undefined {
    let found: unknown = this.#root;
    for (const key of path) found = (found as Level | undefined)?.get(key);
    return found as T | undefined;
  }

  /** Where nothing stands yet. */
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
