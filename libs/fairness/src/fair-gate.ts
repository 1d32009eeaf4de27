import { FairQueue } from './fair-queue.js';
import { FairShares, isWithinShare, type Owner } from './fair-shares.js';

/** Why a gate refuses: its queue is full, or this owner's share of it. */
export type Refusal = 'full' | 'owner';

/** Bounds of a {@link FairGate}. */
export interface FairGateOptions {
  /** How many may be inside at once. */
  places: number;
  /** The part of the places that one owner may hold while no other owner holds any: see {@link isWithinShare}. */
  share: number;
  /** How many may wait. */
  maxWaiting: number;
  /** The part of the waiting callers that may be of one owner. */
  waitingShare: number;
  /** Creates the error for a caller that may not wait. */
  refuse: (reason: Refusal) => Error;
}

/**
 * Bounds how many callers are inside at once, shared between owners. Waiting callers enter round robin by owner; owners
 * with no caller inside go first. Work of the process itself (no owner) is bounded only by the number of places.
 */
export class FairGate {
  readonly #inside: FairShares;
  readonly #waiting = new FairQueue<PromiseWithResolvers<void>>();

  readonly #options: FairGateOptions;

  constructor(options: FairGateOptions) {
    this.#options = options;
    this.#inside = new FairShares(() => options.places, options.share);
  }

  /** How many callers wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Enters if possible without waiting; then call {@link leave} when done. */
  tryEnter(owner: Owner): boolean {
    if (!this.#inside.allows(owner)) return false;
    this.#inside.take(owner);
    return true;
  }

  /**
   * Resolves when the caller has entered; call {@link leave} when done.
   * @throws the error of `refuse`; the signal's reason, also while waiting
   */
  async enter(owner: Owner, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.tryEnter(owner)) return;
    const refusal = this.#refusalFor(owner);
    if (refusal !== undefined) throw this.#options.refuse(refusal);
    const place = Promise.withResolvers<void>();
    const leave = (): void => {
      if (this.#waiting.remove(owner, place)) place.reject(signal!.reason as Error);
    };
    this.#waiting.add(owner, place);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await place.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Leaves; the next caller that may enter does so before this returns. */
  leave(owner: Owner): void {
    const inside = this.#inside;
    inside.giveBack(owner);
    for (;;) {
      const next =
        this.#waiting.take((waiting) => inside.held(waiting) === 0 && inside.allows(waiting)) ??
        this.#waiting.take((waiting) => inside.allows(waiting));
      if (next === undefined) return;
      inside.take(next.owner);
      next.item.resolve();
    }
  }

  #refusalFor(owner: Owner): Refusal | undefined {
    const { maxWaiting, waitingShare } = this.#options;
    const free = maxWaiting - this.#waiting.size;
    if (free <= 0) return 'full';
    if (owner === undefined) return undefined;
    return isWithinShare(this.#waiting.sizeOf(owner), free, waitingShare) ? undefined : 'owner';
  }
}
