/** How many of a kind of work may be under way. */
export interface SlotLimits {
  perOwner: number;
  /** In this process. */
  inAll: number;
}

/** Counts work that is under way, by owner. Pure. */
export class OwnerSlots {
  readonly #taken = new Map<string, number>();
  #inAll = 0;

  constructor(private readonly limits: SlotLimits) {}

  /**
   * Takes a slot, or says whose limit is reached.
   * @returns gives the slot back; calling it again does nothing
   */
  take(owner: string): (() => void) | 'owner_full' | 'all_full' {
    const own = this.#taken.get(owner) ?? 0;
    if (own >= this.limits.perOwner) return 'owner_full';
    if (this.#inAll >= this.limits.inAll) return 'all_full';
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
