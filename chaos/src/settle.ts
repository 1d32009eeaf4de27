import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from './lab/lab.js';
import { unfinishedRuns } from './lab/snapshot.js';
import { type Population } from './load/population.js';

/** From the end of the last fault until every run must have ended. */
const settlingMs = 30_000;
const pollMs = 250;

/** Waits at most 30 s until the clients have finished their turns and all runs have ended; then aborts the clients. */
export async function settle(lab: Lab, population: Population, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(settlingMs)]);
  const waiting = new AbortController();
  await Promise.race([
    population.finish(),
    delay(settlingMs, undefined, { signal: AbortSignal.any([signal, waiting.signal]) }).catch(
      () => undefined,
    ),
  ]);
  waiting.abort();
  while (!deadline.aborted && (await unfinishedRuns(lab.postgres)) > 0) await delay(pollMs);
  signal.throwIfAborted();
  await population.abort();
}
