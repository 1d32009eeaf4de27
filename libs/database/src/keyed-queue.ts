/** What may wait in a {@link KeyedQueue}. */
export interface Keyed {
  /** Items of the same key go one after the other; undefined: together with every other one. */
  readonly key: string | undefined;
}

/** Items in the order they came, given out in batches with at most one of each key, and none whose key is still out. */
export class KeyedQueue<Item extends Keyed> {
  #ready: Item[] = [];
  /** Items behind another one of their key. A key is here exactly as long as one of its items is ready or out. */
  readonly #behind = new Map<string, Item[]>();
  #size = 0;

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** Items that {@link take} would give out, were its bound high enough. */
  get ready(): number {
    return this.#ready.length;
  }

  add(item: Item): void {
    this.#size += 1;
    const queue = item.key === undefined ? undefined : this.#behind.get(item.key);
    if (queue) {
      queue.push(item);
    } else {
      if (item.key !== undefined) this.#behind.set(item.key, []);
      this.#ready.push(item);
    }
  }

  /** The next items, at most that many. Their keys are out until they are given back. */
  take(most: number): Item[] {
    const batch = this.#ready.splice(0, most);
    this.#size -= batch.length;
    return batch;
  }

  /** What was taken is done: the next items of their keys may go. */
  giveBack(batch: readonly Item[]): void {
    for (const { key } of batch) this.#advance(key);
  }

  /** False if it does not wait any more. */
  remove(item: Item): boolean {
    const isFound = this.#removeReady(item) || this.#removeBehind(item);
    if (isFound) this.#size -= 1;
    return isFound;
  }

  /** Everything that waits; what is out stays out. */
  clear(): Item[] {
    const ready = this.#ready;
    this.#ready = [];
    const behind = [...this.#behind.values()].flatMap((queue) => queue.splice(0));
    for (const { key } of ready) if (key !== undefined) this.#behind.delete(key);
    this.#size = 0;
    return [...ready, ...behind];
  }

  #removeReady(item: Item): boolean {
    const at = this.#ready.indexOf(item);
    if (at < 0) return false;
    this.#ready.splice(at, 1);
    this.#advance(item.key);
    return true;
  }

  #removeBehind(item: Item): boolean {
    const queue = item.key === undefined ? undefined : this.#behind.get(item.key);
    const at = queue?.indexOf(item) ?? -1;
    if (at >= 0) queue?.splice(at, 1);
    return at >= 0;
  }

  #advance(key: string | undefined): void {
    if (key === undefined) return;
    const next = this.#behind.get(key)?.shift();
    if (next) this.#ready.push(next);
    else this.#behind.delete(key);
  }
}
