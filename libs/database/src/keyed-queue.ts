import { FairQueue, type Owner } from '#fairness';

/** An item of a {@link KeyedQueue}. */
export interface Keyed {
  /** Owners are served round robin. */
  readonly owner?: Owner;
  /** Items with the same key are processed one after another; undefined: no constraint. */
  readonly key: string | undefined;
}

/**
 * A queue whose items are taken in batches with at most one item per key, and none whose key is being processed: round
 * robin by owner, and in order of arrival within an owner.
 */
export class KeyedQueue<Item extends Keyed> {
  readonly #ready = new FairQueue<Item>();
  /** Number of waiting items per owner. */
  readonly #counts = new Map<Owner, number>();
  /** Items that wait for another one of their key. Has an entry for a key while one of its items is ready or taken. */
  readonly #blocked = new Map<string, Item[]>();
  #size = 0;

  /** Number of waiting items. */
  get size(): number {
    return this.#size;
  }

  /** Number of waiting items of an owner. */
  sizeOf(owner: Owner): number {
    return this.#counts.get(owner) ?? 0;
  }

  /** Number of items that {@link take} could return now. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Appends an item. */
  add(item: Item): void {
    this.#count(item, 1);
    const queue = item.key === undefined ? undefined : this.#blocked.get(item.key);
    if (queue) {
      queue.push(item);
    } else {
      if (item.key !== undefined) this.#blocked.set(item.key, []);
      this.#ready.add(item.owner, item);
    }
  }

  /** Removes and returns up to `max` items. Their keys stay reserved until {@link release}. */
  take(max: number): Item[] {
    const batch: Item[] = [];
    while (batch.length < max) {
      const next = this.#ready.take();
      if (next === undefined) break;
      this.#count(next.item, -1);
      batch.push(next.item);
    }
    return batch;
  }

  /** Releases the keys of taken items, so that the next items of these keys can be taken. */
  release(batch: readonly Item[]): void {
    for (const { key } of batch) this.#advance(key);
  }

  /** Removes a waiting item. @returns false if it is not waiting */
  remove(item: Item): boolean {
    const isFound = this.#removeReady(item) || this.#removeBlocked(item);
    if (isFound) this.#count(item, -1);
    return isFound;
  }

  /** Removes and returns all waiting items. The keys of taken items stay reserved. */
  clear(): Item[] {
    const ready = this.#ready.clear();
    const blocked = [...this.#blocked.values()].flatMap((queue) => queue.splice(0));
    for (const { key } of ready) if (key !== undefined) this.#blocked.delete(key);
    this.#size = 0;
    this.#counts.clear();
    return [...ready, ...blocked];
  }

  #removeReady(item: Item): boolean {
    if (!this.#ready.remove(item.owner, item)) return false;
    this.#advance(item.key);
    return true;
  }

  #removeBlocked(item: Item): boolean {
    const queue = item.key === undefined ? undefined : this.#blocked.get(item.key);
    const at = queue?.indexOf(item) ?? -1;
    if (at >= 0) queue?.splice(at, 1);
    return at >= 0;
  }

  #count({ owner }: Item, change: 1 | -1): void {
    this.#size += change;
    const count = this.sizeOf(owner) + change;
    if (count === 0) this.#counts.delete(owner);
    else this.#counts.set(owner, count);
  }

  #advance(key: string | undefined): void {
    if (key === undefined) return;
    const next = this.#blocked.get(key)?.shift();
    if (next) this.#ready.add(next.owner, next);
    else this.#blocked.delete(key);
  }
}
