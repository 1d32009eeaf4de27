import { type FailedSignIns } from '../auth-observer.js';
import { keyHint } from '../keys/key-hint.js';

const windowMs = 60_000;

interface Bounds {
  /** Most failures of one address in a minute before it has to wait. */
  failedSignIns: number;
  /** Most addresses that are counted; the oldest is dropped for a new one. */
  trackedAddresses: number;
}

interface Count extends FailedSignIns {
  beganAt: number;
}

/**
 * Counts failed sign-ins for each client address, in minutes that begin with the first failure. Reports the first
 * failure of a minute immediately, and the total when the minute is over, if there were more.
 */
export class FailedSignInCounter {
  /** Oldest first. */
  readonly #counts = new Map<string, Count>();

  readonly #bounds: Bounds;
  readonly #report: (failed: FailedSignIns) => void;

  constructor(bounds: Bounds, report: (failed: FailedSignIns) => void) {
    this.#bounds = bounds;
    this.#report = report;
  }

  /**
   * Counts a failure.
   *
   * @param now in ms, never decreasing
   * @returns in how many ms the address may try again; 0: immediately
   */
  record(address: string, key: string, now: number): number {
    this.closeMinutes(now);
    const count = this.#counts.get(address);
    if (count === undefined) {
      this.#makeRoom();
      const first = { address, ...keyHint(key), count: 1, beganAt: now };
      this.#counts.set(address, first);
      this.#tell(first);
      return 0;
    }
    count.count += 1;
    Object.assign(count, keyHint(key));
    return count.count > this.#bounds.failedSignIns ? count.beganAt + windowMs - now : 0;
  }

  /** Reports and removes completed minutes; with `Infinity` all of them. */
  closeMinutes(now: number): void {
    for (const count of this.#counts.values()) {
      if (count.beganAt + windowMs > now) return;
      this.#close(count);
    }
  }

  #makeRoom(): void {
    if (this.#counts.size < this.#bounds.trackedAddresses) return;
    for (const oldest of this.#counts.values()) return this.#close(oldest);
  }

  #close(count: Count): void {
    this.#counts.delete(count.address);
    if (count.count > 1) this.#tell(count);
  }

  #tell({ address, keyPrefix, keyHash, count }: Count): void {
    this.#report({ address, keyPrefix, keyHash, count });
  }
}
