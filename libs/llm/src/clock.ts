import { setTimeout as delay } from 'node:timers/promises';

/** A timer that can be put off without being made anew. */
export interface Timer {
  refresh(): void;
  cancel(): void;
}

/** Time, passed in so that decisions can be tested without waiting. Milliseconds throughout. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** The time of day, for what people read. */
  date(): Date;
  timer(ms: number, run: () => void): Timer;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node fires a timer with a longer delay at once. */
const longestDelayMs = 2 ** 31 - 1;

class SystemTimer implements Timer {
  readonly #timeout: NodeJS.Timeout;

  constructor(ms: number, run: () => void) {
    this.#timeout = setTimeout(run, Math.min(ms, longestDelayMs));
  }

  refresh(): void {
    this.#timeout.refresh();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  timer: (ms, run) => new SystemTimer(ms, run),
  sleep: async (ms, signal) => {
    await delay(Math.min(ms, longestDelayMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
