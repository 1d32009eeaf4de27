import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataDirectoryInUseError } from './errors.js';
import { lockFilePath, readLockFile } from './lock-file.js';
import type { ServerConfig } from './embedded-postgres-options.js';
import { isOrphan, isPostgres, isRunning } from './server-process.js';

/** How long to wait for a server that is not yet stopping, as its parent may just have been killed. */
const GRACE_PERIOD_MS = 2_000;
const POLL_MS = 25;

/**
 * Waits until no server runs on the data directory. Removes the lock file of a dead server whose process id another
 * program now has, which PostgreSQL would mistake for a running server.
 * @throws DataDirectoryInUseError if a server keeps running
 */
export async function waitForPreviousServer(
  config: Pick<ServerConfig, 'dataDirectory' | 'previousShutdownTimeoutMs' | 'signal' | 'log'>,
): Promise<void> {
  const startedAt = performance.now();
  let isLogged = false;
  let isInterrupted = false;
  for (;;) {
    const lock = await readLockFile(config.dataDirectory);
    if (lock === undefined) return;
    if (!(await isPostgres(lock.pid))) {
      if (isRunning(lock.pid)) await rm(lockFilePath(config.dataDirectory), { force: true });
      return;
    }
    if (!isInterrupted && (await isOrphan(lock.pid))) {
      process.kill(lock.pid, 'SIGINT');
      isInterrupted = true;
    }
    const timeoutMs =
      isInterrupted || lock.status === 'stopping' ? config.previousShutdownTimeoutMs : GRACE_PERIOD_MS;
    if (performance.now() - startedAt > timeoutMs)
      throw new DataDirectoryInUseError(config.dataDirectory, lock.pid);
    if (!isLogged) {
      config.log(`Waiting for the PostgreSQL with pid ${lock.pid} to end in ${config.dataDirectory}.`);
      isLogged = true;
    }
    await sleep(POLL_MS, undefined, config.signal && { signal: config.signal });
  }
}
