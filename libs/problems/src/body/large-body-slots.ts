import { unavailable } from '../responses/problem-factories.js';

/** Bounds how many large bodies are in memory while they arrive. */
export interface LargeBodyLimits {
  /** Bytes above which a body is large. */
  largeBytes: number;
  /** Large bodies that may arrive at once. */
  maxBodies: number;
  /** Large bodies of one key, or of one address without a key, that may arrive at once. */
  maxBodiesPerCaller: number;
}

/** Above the largest message of `/api`; 16 bodies of 8 MiB are 128 MiB. */
export const largeBodyLimits: LargeBodyLimits = {
  largeBytes: 1.5 * 1024 * 1024,
  maxBodies: 16,
  maxBodiesPerCaller: 4,
};

/** Counts the large bodies that are arriving, in total and by caller. */
export class LargeBodySlots {
  readonly #limits: LargeBodyLimits;
  readonly #byCaller = new Map<string, number>();
  #count = 0;

  constructor(limits: LargeBodyLimits) {
    this.#limits = limits;
  }

  /** Bytes above which a body needs a slot. */
  get largeBytes(): number {
    return this.#limits.largeBytes;
  }

  /**
   * Takes a slot.
   * @returns a function that releases it; call it once
   * @throws Problem 503 `too_many_large_bodies`
   */
  take(caller: string): () => void {
    const count = this.#byCaller.get(caller) ?? 0;
    if (this.#count >= this.#limits.maxBodies || count >= this.#limits.maxBodiesPerCaller) {
      throw unavailable('too_many_large_bodies', 'Too many large bodies are arriving. Try again.');
    }
    this.#count += 1;
    this.#byCaller.set(caller, count + 1);
    return () => this.#release(caller);
  }

  #release(caller: string): void {
    this.#count -= 1;
    const left = (this.#byCaller.get(caller) ?? 1) - 1;
    if (left === 0) this.#byCaller.delete(caller);
    else this.#byCaller.set(caller, left);
  }
}
