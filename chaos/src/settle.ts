import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from './lab/lab.js';
import { unfinishedRuns } from './lab/snapshot.js';
import { type Population } from './load/population.js';

/** From when everything works again until every run has to be over. */
const settlingMs = 30_000;
const pollMs = 250;

/** Lets the clients finish what they have begun, and the replicas their runs, for as long as that may take. */
export async function settle(lab: Lab, population: Population, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(settlingMs)]);
  const patience = new AbortController();
  await Promise.race([
    population.finish(),
    delay(settlingMs, undefined, { signal: AbortSignal.any([signal, patience.signal]) }).catch(
      () => undefined,
    ),
  ]);
  patience.abort();
  while (!deadline.aborted && (await unfinishedRuns(lab.postgres)) > 0) await delay(pollMs);
  signal.throwIfAborted();
  await population.giveUp();
}
