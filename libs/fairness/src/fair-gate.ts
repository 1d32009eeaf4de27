import { FairQueue } from './fair-queue.js';
import { FairShares, isWithinShare, type Owner } from './fair-shares.js';

/** Why a gate refuses a caller: `full`: its queue is full; `owner`: the owner's share of the queue is used up. */
export type Refusal = 'full' | 'owner';

/** The bounds of a {@link FairGate}. */
export interface FairGateOptions {
  /** The maximum number of callers inside, at least 1. */
  slots: number;
  /** The part of the slots that one owner may hold while no other owner holds any: see {@link isWithinShare}. */
  share: number;
  /** The maximum number of waiting callers. */
  maxWaiting: number;
  /** The part of the waiting callers that may belong to one owner, above 0, at most 1. */
  waitingShare: number;
  /** Creates the error for a refused caller. */
  refuse: (reason: Refusal) => Error;
}

/**
 * Limits the number of concurrent callers and divides it fairly between owners (a semaphore with shares). Waiting callers enter
 * round robin by owner; owners without a caller inside enter first. Work without an owner is bounded only by the number of
 * slots.
 */
export class FairGate {
  readonly #inside: FairShares;
  readonly #waiting = new FairQueue<PromiseWithResolvers<void>>();

  readonly #options: FairGateOptions;

  constructor(options: FairGateOptions) {
    this.#options = options;
    this.#inside = new FairShares(() => options.slots, options.share);
  }

  /** The number of waiting callers. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Enters if possible without waiting. @returns whether it has entered; if so, call {@link leave} when done */
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
    const entry = Promise.withResolvers<void>();
    const leave = (): void => {
      if (this.#waiting.remove(owner, entry)) entry.reject(signal!.reason as Error);
    };
    this.#waiting.add(owner, entry);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await entry.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Frees the slot; waiting callers that may enter now do so before this returns. */
  leave(owner: Owner): void {
    const inside = this.#inside;
    inside.release(owner);
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
