import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from './lab/lab.js';

/** Between two replicas: the one that was started has some work by then. */
const pauseMs = 3_000;

/** Asks each replica to stop and starts it again, one after the other, so many times. */
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
