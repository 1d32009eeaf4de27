/** Bounds of {@link OwnerSlots}. */
export interface SlotLimits {
  /** Slots that one owner may hold. */
  perOwner: number;
  /** Slots that all owners together may hold, in this process. */
  inAll: number;
}

/** Counts work in progress by owner: event streams, imports, exports. Never waits. Pure. */
export class OwnerSlots {
  readonly #taken = new Map<string, number>();
  #inAll = 0;
  readonly #limits: SlotLimits;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a slot, or returns which limit is reached.
   * @returns gives the slot back; calling it again does nothing
   */
  take(owner: string): (() => void) | 'owner_full' | 'all_full' {
    const own = this.#taken.get(owner) ?? 0;
    if (own >= this.#limits.perOwner) return 'owner_full';
    if (this.#inAll >= this.#limits.inAll) return 'all_full';
    this.#taken.set(owner, own + 1);
    this.#inAll += 1;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#inAll -= 1;
      const left = this.#taken.get(owner)! - 1;
      if (left === 0) this.#taken.delete(owner);
      else this.#taken.set(owner, left);
    };
  }
}
