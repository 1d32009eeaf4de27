import { setTimeout as delay } from 'node:timers/promises';

/** A source of time that tests can replace; all times in milliseconds. */
export interface Clock {
  /** Monotonic time. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `run` once after `ms`. @returns cancels the timer */
  timer(ms: number, run: () => void): () => void;
}

/** The system's monotonic clock and timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => delay(ms),
  timer: (ms, run) => {
    const timeout = setTimeout(run, ms);
    return () => clearTimeout(timeout);
  },
};
