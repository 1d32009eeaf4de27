import { FairQueue, type Owner } from '#fairness';

/** What may wait in a {@link KeyedQueue}. */
export interface Keyed {
  /** Owners take turns. */
  readonly owner?: Owner;
  /** Items of the same key go one after the other; undefined: together with every other one. */
  readonly key: string | undefined;
}

/**
 * Items taken in batches with at most one item per key, and none whose key is still being processed: round robin by
 * owner, and in order of arrival within an owner.
 */
export class KeyedQueue<Item extends Keyed> {
  readonly #ready = new FairQueue<Item>();
  /** Items that wait, by owner. */
  readonly #counts = new Map<Owner, number>();
  /** Items behind another one of their key. A key is here exactly as long as one of its items is ready or out. */
  readonly #behind = new Map<string, Item[]>();
  #size = 0;

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** Items of this owner that wait. */
  sizeOf(owner: Owner): number {
    return this.#counts.get(owner) ?? 0;
  }

  /** Items that {@link take} would give out, were its bound high enough. */
  get ready(): number {
    return this.#ready.size;
  }

  add(item: Item): void {
    this.#count(item, 1);
    const queue = item.key === undefined ? undefined : this.#behind.get(item.key);
    if (queue) {
      queue.push(item);
    } else {
      if (item.key !== undefined) this.#behind.set(item.key, []);
      this.#ready.add(item.owner, item);
    }
  }

  /** The next items, at most that many. Their keys are out until they are given back. */
  take(most: number): Item[] {
    const batch: Item[] = [];
    while (batch.length < most) {
      const next = this.#ready.take();
      if (next === undefined) break;
      this.#count(next.item, -1);
      batch.push(next.item);
    }
    return batch;
  }

  /** What was taken is done: the next items of their keys may go. */
  giveBack(batch: readonly Item[]): void {
    for (const { key } of batch) this.#advance(key);
  }

  /** False if it does not wait any more. */
  remove(item: Item): boolean {
    const isFound = this.#removeReady(item) || this.#removeBehind(item);
    if (isFound) this.#count(item, -1);
    return isFound;
  }

  /** Everything that waits; what is out stays out. */
  clear(): Item[] {
    const ready = this.#ready.clear();
    const behind = [...this.#behind.values()].flatMap((queue) => queue.splice(0));
    for (const { key } of ready) if (key !== undefined) this.#behind.delete(key);
    this.#size = 0;
    this.#counts.clear();
    return [...ready, ...behind];
  }

  #removeReady(item: Item): boolean {
    if (!this.#ready.remove(item.owner, item)) return false;
    this.#advance(item.key);
    return true;
  }

  #removeBehind(item: Item): boolean {
    const queue = item.key === undefined ? undefined : this.#behind.get(item.key);
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
    const next = this.#behind.get(key)?.shift();
    if (next) this.#ready.add(next.owner, next);
    else this.#behind.delete(key);
  }
}
