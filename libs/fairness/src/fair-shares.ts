/** The owner that work is done for. Undefined: the process itself; such work is bounded only by the capacity. */
export type Owner = string | undefined;

/** The default part of all slots that one owner may hold while no other owner holds any. */
export const defaultShare = 0.8;

/** Absorbs rounding, so that a share of 0.8 of 100 slots is 80 slots. */
const tolerance = 1e-9;

/**
 * Whether an owner that holds `held` slots may take one more while `free` slots are left. It may hold at most
 * share / (1 - share) times the free slots (a dynamic threshold, as in shared-memory switches): alone it gets `share` of all
 * slots, and the fewer slots are free, the fewer it may hold. A released slot therefore goes to an owner that holds few. An
 * owner without a slot always gets a free one.
 * @param share above 0, at most 1; 1 means no bound
 */
export function isWithinShare(held: number, free: number, share: number): boolean {
  return free > 0 && (held === 0 || (held + 1) * (1 - share) <= share * free + tolerance);
}

/** Counts the slots that owners hold, and decides whether an owner may take one more. */
export class FairShares {
  readonly #held = new Map<Owner, number>();
  #total = 0;

  readonly #capacity: () => number;
  readonly #share: number;

  /**
   * @param capacity returns the current number of slots; it may fall below the number held
   * @param share see {@link isWithinShare}
   */
  constructor(capacity: () => number, share: number) {
    this.#capacity = capacity;
    this.#share = share;
  }

  /** The number of slots held by all owners. */
  get total(): number {
    return this.#total;
  }

  /** The number of slots held by this owner. */
  held(owner: Owner): number {
    return this.#held.get(owner) ?? 0;
  }

  /** Whether this owner may take one more slot now. */
  allows(owner: Owner): boolean {
    const free = this.#capacity() - this.#total;
    return owner === undefined ? free > 0 : isWithinShare(this.held(owner), free, this.#share);
  }

  /** The number of slots that this owner may take now if no other owner takes any. */
  allowance(owner: Owner): number {
    const free = Math.max(0, this.#capacity() - this.#total);
    if (owner === undefined || free === 0) return free;
    const share = this.#share;
    const held = this.held(owner);
    const more = Math.floor(share * (free + 1) - held * (1 - share) + tolerance);
    return Math.min(free, Math.max(more, held === 0 ? 1 : 0));
  }

  /** Takes a slot. Does not check {@link allows}. */
  take(owner: Owner): void {
    this.#held.set(owner, this.held(owner) + 1);
    this.#total += 1;
  }

  /** Releases a slot. @throws RangeError if the owner holds none */
  release(owner: Owner): void {
    const held = this.held(owner);
    if (held === 0) throw new RangeError('the owner releases a slot that it does not hold');
    if (held === 1) this.#held.delete(owner);
    else this.#held.set(owner, held - 1);
    this.#total -= 1;
  }
}
