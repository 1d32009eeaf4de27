import { type FailedSignIns } from '../auth-observer.js';
import { keyHint } from '../keys/key-hint.js';

const windowMs = 60_000;

interface Bounds {
  /** Failures per address and minute before it must wait. */
  failedSignIns: number;
  /** Upper bound of counted addresses; a new one replaces the oldest. */
  trackedAddresses: number;
}

interface Count extends FailedSignIns {
  startedAt: number;
}

/**
 * Counts failed sign-ins per client address, in minutes that start with the first failure. Reports the first failure of a
 * minute immediately, and the total at the end of the minute if there were more.
 */
export class FailedSignInCounter {
  /** Oldest first. */
  readonly #counts = new Map<string, Count>();

  readonly #bounds: Bounds;
  readonly #report: (failed: FailedSignIns) => void;

  /** @param report called with the count so far */
  constructor(bounds: Bounds, report: (failed: FailedSignIns) => void) {
    this.#bounds = bounds;
    this.#report = report;
  }

  /**
   * Counts a failure.
   * @param now monotonic time in ms
   * @returns time in ms until the address may try again; 0: immediately
   */
  record(address: string, key: string, now: number): number {
    this.closeMinutes(now);
    const count = this.#counts.get(address);
    if (count === undefined) {
      this.#dropOldestIfFull();
      const first = { address, ...keyHint(key), count: 1, startedAt: now };
      this.#counts.set(address, first);
      this.#emit(first);
      return 0;
    }
    count.count += 1;
    Object.assign(count, keyHint(key));
    return count.count > this.#bounds.failedSignIns ? count.startedAt + windowMs - now : 0;
  }

  /** Reports and removes completed minutes; with `Infinity` all of them. */
  closeMinutes(now: number): void {
    for (const count of this.#counts.values()) {
      if (count.startedAt + windowMs > now) return;
      this.#close(count);
    }
  }

  #dropOldestIfFull(): void {
    if (this.#counts.size < this.#bounds.trackedAddresses) return;
    for (const oldest of this.#counts.values()) return this.#close(oldest);
  }

  #close(count: Count): void {
    this.#counts.delete(count.address);
    if (count.count > 1) this.#emit(count);
  }

  #emit({ address, keyPrefix, keyHash, count }: Count): void {
    this.#report({ address, keyPrefix, keyHash, count });
  }
}
