import { setTimeout as delay } from 'node:timers/promises';

/** A one-shot timer. */
export interface Timer {
  /** Starts the full delay again, also after the timer has fired. */
  refresh(): void;
  cancel(): void;
}

/** A source of time, injected so that tests need not wait. All times are in milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  /** The wall-clock time, for records that people read. */
  date(): Date;
  /** Calls `run` once after `ms`. */
  timer(ms: number, run: () => void): Timer;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest delay of `setTimeout`; Node fires timers with a longer one immediately. */
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

/** The clock of the machine. Delays are cut to 2³¹ − 1 ms (24.8 days). */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  timer: (ms, run) => new SystemTimer(ms, run),
  sleep: async (ms, signal) => {
    await delay(Math.min(ms, longestDelayMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
