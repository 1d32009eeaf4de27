import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataDirectoryInUseError } from './errors.js';
import { lockFilePath, readLockFile } from './lock-file.js';
import type { ServerPlan } from './options.js';
import { isOrphan, isPostgres, isRunning } from './server-process.js';

/** How long a server that shows no sign of stopping is watched: its parent may have been killed a moment ago. */
const GRACE_MS = 2_000;
const POLL_MS = 25;

/**
 * Makes sure that nobody runs on the data directory: waits for a server that is shutting down, and removes the lock of a
 * dead one whose process id another program has got since (PostgreSQL would take that program for a server).
 * @throws DataDirectoryInUseError if a server goes on running.
 */
export async function waitForPreviousServer(
  plan: Pick<ServerPlan, 'dataDirectory' | 'previousShutdownTimeoutMs' | 'signal' | 'log'>,
): Promise<void> {
  const began = performance.now();
  let told = false;
  let interrupted = false;
  for (;;) {
    const lock = await readLockFile(plan.dataDirectory);
    if (lock === undefined) return;
    if (!(await isPostgres(lock.pid))) {
      if (isRunning(lock.pid)) await rm(lockFilePath(plan.dataDirectory), { force: true });
      return;
    }
    if (!interrupted && (await isOrphan(lock.pid))) {
      process.kill(lock.pid, 'SIGINT');
      interrupted = true;
    }
    const patience = interrupted || lock.status === 'stopping' ? plan.previousShutdownTimeoutMs : GRACE_MS;
    if (performance.now() - began > patience) throw new DataDirectoryInUseError(plan.dataDirectory, lock.pid);
    if (!told) {
      plan.log(`Waiting for the PostgreSQL with pid ${lock.pid} to leave ${plan.dataDirectory}.`);
      told = true;
    }
    await sleep(POLL_MS, undefined, plan.signal && { signal: plan.signal });
  }
}
