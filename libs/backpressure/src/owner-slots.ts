/** Bounds of {@link OwnerSlots}. */
export interface SlotLimits {
  /** Slots per owner. */
  perOwner: number;
  /** Slots of all owners, in this process. */
  total: number;
}

/** Bounds work in progress per owner and in total: event streams, imports, exports. Never waits. Pure. */
export class OwnerSlots {
  readonly #taken = new Map<string, number>();
  #total = 0;
  readonly #limits: SlotLimits;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a slot.
   * @returns a function that releases the slot (further calls have no effect), or the limit that is reached
   */
  take(owner: string): (() => void) | 'owner_full' | 'all_full' {
    const own = this.#taken.get(owner) ?? 0;
    if (own >= this.#limits.perOwner) return 'owner_full';
    if (this.#total >= this.#limits.total) return 'all_full';
    this.#taken.set(owner, own + 1);
    this.#total += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#total -= 1;
      const left = this.#taken.get(owner)! - 1;
      if (left === 0) this.#taken.delete(owner);
      else this.#taken.set(owner, left);
    };
  }
}
