import { type Owner } from './fair-shares.js';

/**
 * A queue that is served round robin by owner: one item of each owner in turn, and the items of an owner in order of arrival.
 * Items must be distinct. All operations take O(1), plus the number of owners that {@link take} skips. The size is not
 * bounded.
 */
export class FairQueue<Item> {
  /** The items by owner, in the order of turns. Contains only owners with items. */
  readonly #waiting = new Map<Owner, Set<Item>>();
  #size = 0;

  /** The number of waiting items of all owners. */
  get size(): number {
    return this.#size;
  }

  /** The number of waiting items of this owner. */
  sizeOf(owner: Owner): number {
    return this.#waiting.get(owner)?.size ?? 0;
  }

  /** The owners that have items, next turn first. */
  owners(): IterableIterator<Owner> {
    return this.#waiting.keys();
  }

  /** Appends an item; an owner that had none gets the last turn. */
  add(owner: Owner, item: Item): void {
    const items = this.#waiting.get(owner);
    if (items === undefined) this.#waiting.set(owner, new Set([item]));
    else items.add(item);
    this.#size += 1;
  }

  /** Removes an item from any position. @returns false if it is not in the queue */
  remove(owner: Owner, item: Item): boolean {
    const items = this.#waiting.get(owner);
    if (items === undefined || !items.delete(item)) return false;
    this.#size -= 1;
    if (items.size === 0) this.#waiting.delete(owner);
    return true;
  }

  /**
   * Takes the first item of the owner whose turn it is, and gives that owner the last turn.
   * @param mayServe returns false for owners to skip; they keep their turn; default: no owner is skipped
   * @returns undefined if there is no such item
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
