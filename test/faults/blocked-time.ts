import { monitorEventLoopDelay } from 'node:perf_hooks';

/** In ms. */
const resolution = 10;

/** Runs a function and measures the longest time, in ms, for which the event loop was blocked meanwhile. */
export async function withBlockedTime<T>(run: () => Promise<T>): Promise<{ result: T; blockedMs: number }> {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  try {
    const result = await run();
    return { result, blockedMs: Math.max(0, delay.max / 1e6 - resolution) };
  } finally {
    delay.disable();
  }
}
