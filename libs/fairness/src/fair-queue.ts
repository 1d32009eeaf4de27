import { type Owner } from './fair-shares.js';

/**
 * Items that wait, taken round robin by owner: one item of each owner in turn, and an owner's own items in the order in
 * which they came. Items must be distinct. Adding, removing and taking cost O(1), plus the number of owners that
 * {@link take} skips. It has no bound of its own.
 */
export class FairQueue<Item> {
  /** The owners in the order of their turns. An owner is here exactly while it has items. */
  readonly #waiting = new Map<Owner, Set<Item>>();
  #size = 0;

  /** Items that wait, of all owners. */
  get size(): number {
    return this.#size;
  }

  /** Items of this owner that wait. */
  sizeOf(owner: Owner): number {
    return this.#waiting.get(owner)?.size ?? 0;
  }

  /** The owners that have items, next turn first. */
  owners(): IterableIterator<Owner> {
    return this.#waiting.keys();
  }

  /** Appends to the owner's items; an owner without any gets the last turn. */
  add(owner: Owner, item: Item): void {
    const items = this.#waiting.get(owner);
    if (items === undefined) this.#waiting.set(owner, new Set([item]));
    else items.add(item);
    this.#size += 1;
  }

  /** Removes an item from anywhere in the queue. Returns false if it is not in the queue. */
  remove(owner: Owner, item: Item): boolean {
    const items = this.#waiting.get(owner);
    if (items === undefined || !items.delete(item)) return false;
    this.#size -= 1;
    if (items.size === 0) this.#waiting.delete(owner);
    return true;
  }

  /**
   * Takes the first item of the owner whose turn it is, and moves that owner to the end.
   * @param mayServe owners for whom it is false keep their turn; left out: all are served
   * @returns undefined if no such item waits
   */
  take(mayServe: (owner: Owner) => boolean = () => true): { owner: Owner; item: Item } | undefined {
    for (const [owner, items] of this.#waiting) {
      if (!mayServe(owner)) continue;
      const [item] = items as Set<Item> & Iterable<Item>;
      items.delete(item!);
      this.#size -= 1;
      this.#waiting.delete(owner);
      if (items.size > 0) this.#waiting.set(owner, items);
      return { owner, item: item! };
    }
    return undefined;
  }

  /** Removes all items and returns them in the order in which they would have been taken. */
  clear(): Item[] {
    const items: Item[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) items.push(next.item);
    return items;
  }
}
