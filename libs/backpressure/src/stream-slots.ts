import { OwnerStreamsError, ProcessStreamsError } from './errors.js';
import { OwnerSlots } from './owner-slots.js';

/** Bounds of {@link StreamSlots}. */
export interface StreamSlotsOptions {
  /** Event streams that one owner may have open. */
  perOwner: number;
  /** Event streams that all owners together may have open. */
  perProcess: number;
}

/** Counts the open event streams, so that those of one owner leave descriptors and memory for the others. */
export class StreamSlots {
  readonly #slots: OwnerSlots;
  readonly #options: StreamSlotsOptions;

  constructor(options: StreamSlotsOptions) {
    this.#options = options;
    this.#slots = new OwnerSlots({ perOwner: options.perOwner, inAll: options.perProcess });
  }

  /**
   * Takes a slot.
   * @returns gives the slot back; calling it again does nothing
   * @throws OwnerStreamsError, ProcessStreamsError
   */
  take(owner: string): () => void {
    const slot = this.#slots.take(owner);
    if (slot === 'owner_full') throw new OwnerStreamsError(this.#options.perOwner);
    if (slot === 'all_full') throw new ProcessStreamsError(this.#options.perProcess);
    return slot;
  }
}
