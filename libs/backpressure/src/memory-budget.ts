import { OwnerMemoryError, ProcessMemoryError } from './errors.js';

/** Bounds of a {@link MemoryBudget}. */
export interface MemoryBudgetOptions {
  /** Bytes that the responses of one owner may hold. */
  ownerBytes: number;
  /** Bytes that the responses of all owners may hold. */
  processBytes: number;
  /** Requests of one owner that may wait for memory. */
  maxWaiting: number;
  /** Upper bound of the wait, in ms. */
  waitMs: number;
}

/** Memory reserved for a response until it is released. */
export interface Reservation {
  /** Sets the actual amount once it is known; never waits. */
  resize(bytes: number): void;
  /** Releases the memory. Further calls have no effect. */
  release(): void;
}

interface Waiting {
  owner: string;
  bytes: number;
  grant(): void;
}

/**
 * A memory budget for large responses, shared between owners. A request for more than is free waits in a queue; an owner
 * whose share is exhausted does not block other owners.
 */
export class MemoryBudget {
  readonly #held = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #total = 0;
  readonly #options: MemoryBudgetOptions;

  constructor(options: MemoryBudgetOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the memory is reserved. An amount above an owner's share is reduced to the share.
   * @throws OwnerMemoryError or ProcessMemoryError after `waitMs`, OwnerMemoryError at once if too many requests wait, or
   *   the signal's reason
   */
  async reserve(owner: string, bytes: number, signal?: AbortSignal): Promise<Reservation> {
    signal?.throwIfAborted();
    const amount = Math.min(bytes, this.#options.ownerBytes);
    return this.#fits(owner, amount) ? this.#take(owner, amount) : this.#wait(owner, amount, signal);
  }

  #wait(owner: string, bytes: number, signal: AbortSignal | undefined): Promise<Reservation> {
    const { ownerBytes, maxWaiting, waitMs } = this.#options;
    const ofOwner = [...this.#waiting].filter((one) => one.owner === owner).length;
    if (ofOwner >= maxWaiting) throw new OwnerMemoryError(ownerBytes);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting.delete(waiting);
      };
      const abort = (): void => (leave(), reject(signal!.reason as Error));
      const timer = setTimeout(() => (leave(), reject(this.#timeoutError(owner, bytes))), waitMs);
      const waiting: Waiting = { owner, bytes, grant: () => (leave(), resolve(this.#take(owner, bytes))) };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #timeoutError(owner: string, bytes: number): Error {
    const { ownerBytes, processBytes } = this.#options;
    const isShareFull = (this.#held.get(owner) ?? 0) + bytes > ownerBytes;
    return isShareFull ? new OwnerMemoryError(ownerBytes) : new ProcessMemoryError(processBytes);
  }

  #fits(owner: string, bytes: number): boolean {
    const { ownerBytes, processBytes } = this.#options;
    return (this.#held.get(owner) ?? 0) + bytes <= ownerBytes && this.#total + bytes <= processBytes;
  }

  #take(owner: string, bytes: number): Reservation {
    let held = 0;
    let isReleased = false;
    const hold = (amount: number): void => {
      this.#change(owner, amount - held);
      held = amount;
    };
    hold(bytes);
    return {
      resize: (amount) => {
        if (!isReleased) hold(amount);
      },
      release: () => {
        isReleased = true;
        hold(0);
      },
    };
  }

  #change(owner: string, bytes: number): void {
    this.#total += bytes;
    const held = (this.#held.get(owner) ?? 0) + bytes;
    if (held === 0) this.#held.delete(owner);
    else this.#held.set(owner, held);
    if (bytes < 0) this.#grant();
  }

  #grant(): void {
    for (const waiting of this.#waiting) if (this.#fits(waiting.owner, waiting.bytes)) waiting.grant();
  }
}
