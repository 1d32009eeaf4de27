import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from './lab/lab.js';

/** Between two restarts: the replica that was started has some runs by then. */
const pauseMs = 3_000;

/**
 * Terminates each replica and starts it again, one after the other.
 * @param rounds how often each replica is restarted
 * @param onRestart called with the name of a replica before it is terminated
 */
export async function rollingRestart(
  lab: Lab,
  rounds: number,
  onRestart: (replica: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    for (const replica of lab.replicas) {
      await delay(pauseMs, undefined, { signal });
      onRestart(replica.name);
      await replica.terminate();
      await replica.start(signal);
    }
  }
  await delay(pauseMs, undefined, { signal });
}
