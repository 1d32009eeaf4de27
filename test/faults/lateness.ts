import { monitorEventLoopDelay } from 'node:perf_hooks';

/** In ms. */
const resolution = 10;

/** How late the timers of a process were, in ms. */
export interface Lateness {
  maxMs: number;
  meanMs: number;
}

/** Runs a function and measures how late timers were meanwhile: the event loop was blocked, or the machine was busy. */
export async function withLateness<T>(run: () => Promise<T>): Promise<{ result: T; lateness: Lateness }> {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  try {
    const result = await run();
    // The mean of no timers is NaN.
    const late = (ns: number): number => Math.max(0, (ns || 0) / 1e6 - resolution);
    return { result, lateness: { maxMs: late(delay.max), meanMs: late(delay.mean) } };
  } finally {
    delay.disable();
  }
}
