import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How finely it is looked, in ms. */
const resolution = 10;

/** What came of something, and the longest time in ms that this process stood still meanwhile: its times mean no more than that. */
export async function watched<T>(run: () => Promise<T>): Promise<{ result: T; stoodStillMs: number }> {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  try {
    const result = await run();
    return { result, stoodStillMs: Math.max(0, delay.max / 1e6 - resolution) };
  } finally {
    delay.disable();
  }
}
