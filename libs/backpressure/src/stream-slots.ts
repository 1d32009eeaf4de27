import { OwnerStreamsError, ProcessStreamsError } from './errors.js';

/** Bounds of {@link StreamSlots}. */
export interface StreamSlotsOptions {
  /** Event streams that one owner may have open. */
  perOwner: number;
  /** Event streams that all owners together may have open. */
  perProcess: number;
}

/** Counts the open event streams, so that one owner's leave descriptors and memory for the others. */
export class StreamSlots {
  readonly #open = new Map<string, number>();
  #total = 0;

  constructor(private readonly options: StreamSlotsOptions) {}

  /**
   * Takes a slot. Returns how to give it back; further calls of that do nothing.
   * @throws OwnerStreamsError, ProcessStreamsError
   */
  take(owner: string): () => void {
    const { perOwner, perProcess } = this.options;
    const open = this.#open.get(owner) ?? 0;
    if (open >= perOwner) throw new OwnerStreamsError(perOwner);
    if (this.#total >= perProcess) throw new ProcessStreamsError(perProcess);
    this.#change(owner, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#change(owner, -1);
      isTaken = false;
    };
  }

  #change(owner: string, by: 1 | -1): void {
    this.#total += by;
    const open = (this.#open.get(owner) ?? 0) + by;
    if (open === 0) this.#open.delete(owner);
    else this.#open.set(owner, open);
  }
}
