import { setTimeout as delay } from 'node:timers/promises';

/** Time, passed in so that waiting can be tested without it. Milliseconds. */
export interface Clock {
  /** Monotonic. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls back after that time, unless cancelled by what it returns. */
  timer(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => delay(ms),
  timer: (ms, run) => {
    const timeout = setTimeout(run, ms);
    return () => clearTimeout(timeout);
  },
};
