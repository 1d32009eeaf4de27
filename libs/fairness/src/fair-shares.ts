/** The owner that work is done for. Undefined: the process itself, which is bounded only by the capacity. */
export type Owner = string | undefined;

/** The part of all places that one owner may hold while no other owner holds any. */
export const defaultShare = 0.8;

/** Absorbs rounding, so that a share of 0.8 of 100 places is 80 places. */
const tolerance = 1e-9;

/**
 * Whether an owner that holds `held` places may take one more while `free` ones are left. Its places may be at most
 * share / (1 - share) times the free ones (a dynamic threshold, as switches use for shared buffers): alone it gets
 * `share` of all places, and the fewer are left, the fewer it may hold. A released place therefore goes to owners that
 * hold few. An owner without a place always gets a free one.
 * @param share above 0, at most 1; 1 means no bound
 */
export function isWithinShare(held: number, free: number, share: number): boolean {
  return free > 0 && (held === 0 || (held + 1) * (1 - share) <= share * free + tolerance);
}

/** Who holds how many of a fixed number of places, and who may take one more. */
export class FairShares {
  readonly #held = new Map<Owner, number>();
  #total = 0;

  readonly #capacity: () => number;
  readonly #share: number;

  /**
   * @param capacity returns the current total of places; it may fall below the number held
   * @param share see {@link isWithinShare}
   */
  constructor(capacity: () => number, share: number) {
    this.#capacity = capacity;
    this.#share = share;
  }

  /** Places that are held, by all owners. */
  get total(): number {
    return this.#total;
  }

  held(owner: Owner): number {
    return this.#held.get(owner) ?? 0;
  }

  /** May this owner take one more place now? */
  allows(owner: Owner): boolean {
    const free = this.#capacity() - this.#total;
    return owner === undefined ? free > 0 : isWithinShare(this.held(owner), free, this.#share);
  }

  /** How many more places this owner may take now, if no other owner takes any. */
  allowance(owner: Owner): number {
    const free = Math.max(0, this.#capacity() - this.#total);
    if (owner === undefined || free === 0) return free;
    const share = this.#share;
    const held = this.held(owner);
    const more = Math.floor(share * (free + 1) - held * (1 - share) + tolerance);
    return Math.min(free, Math.max(more, held === 0 ? 1 : 0));
  }

  take(owner: Owner): void {
    this.#held.set(owner, this.held(owner) + 1);
    this.#total += 1;
  }

  giveBack(owner: Owner): void {
    const held = this.held(owner);
    if (held === 0) throw new RangeError('an owner gives back a place that it does not hold');
    if (held === 1) this.#held.delete(owner);
    else this.#held.set(owner, held - 1);
    this.#total -= 1;
  }
}
