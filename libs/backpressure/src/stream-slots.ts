import { OwnerStreamsError, ProcessStreamsError } from './errors.js';
import { OwnerSlots } from './owner-slots.js';

/** Bounds of {@link StreamSlots}. */
export interface StreamSlotsOptions {
  /** Open event streams per owner. */
  perOwner: number;
  /** Open event streams of all owners. */
  perProcess: number;
}

/** Bounds the open event streams, so that one owner leaves descriptors and memory for the others. */
export class StreamSlots {
  readonly #slots: OwnerSlots;
  readonly #options: StreamSlotsOptions;

  constructor(options: StreamSlotsOptions) {
    this.#options = options;
    this.#slots = new OwnerSlots({ perOwner: options.perOwner, total: options.perProcess });
  }

  /**
   * Takes a slot.
   * @returns a function that releases the slot; further calls have no effect
   * @throws OwnerStreamsError, ProcessStreamsError
   */
  take(owner: string): () => void {
    const slot = this.#slots.take(owner);
    if (slot === 'owner_full') throw new OwnerStreamsError(this.#options.perOwner);
    if (slot === 'all_full') throw new ProcessStreamsError(this.#options.perProcess);
    return slot;
  }
}
