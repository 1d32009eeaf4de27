import { setTimeout as delay } from 'node:timers/promises';
import { type Failover } from './checker/evidence.js';
import { type Lab } from './lab/lab.js';

/** How long the clients send messages before and after the failover, in ms. */
export interface FailoverTimes {
  beforeMs: number;
  /** From the death of the primary to the promotion: what a failover manager takes to notice it. */
  downMs: number;
  afterMs: number;
}

/**
 * Kills or freezes the primary under load, and promotes its standby.
 * @param how what happens to the primary
 * @returns when that happened
 */
export async function failOver(
  lab: Lab,
  how: 'kill' | 'freeze',
  { beforeMs, downMs, afterMs }: FailoverTimes,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<Failover> {
  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal });
  await wait(beforeMs);
  progress(`${how === 'kill' ? 'killing' : 'freezing'} the primary …`);
  await (how === 'kill' ? lab.pair.killPrimary() : lab.pair.freezePrimary());
  const failedAt = Date.now();
  await wait(downMs);
  progress('promoting the standby …');
  await lab.pair.promote();
  const promotedAt = Date.now();
  await wait(afterMs);
  return { failedAt, promotedAt };
}
