import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { inspectDataDirectory } from './data-directory.js';
import { launchError, PostgresStartError } from './errors.js';
import type { ServerConfig } from './embedded-postgres-options.js';
import { ensurePassword } from './password.js';
import { initdbArguments } from './server-arguments.js';
import type { ServerLog } from './server-log.js';
import { isRunning } from './server-process.js';
import { launch } from './launch.js';

/**
 * Creates the database cluster in a temporary folder beside the data directory, then renames it, so that the data directory
 * never contains an incomplete cluster.
 */
export async function initializeCluster(
  config: ServerConfig,
  binaries: PostgresBinaries,
  log: ServerLog,
): Promise<void> {
  await removeAbandoned(config.dataDirectory);
  config.log(`Creating a new database in ${config.dataDirectory}.`);
  const directory = `${temporaryPrefix(config.dataDirectory)}${process.pid}`;
  await mkdir(directory, { mode: 0o700 });
  try {
    await ensurePassword(config.passwordFile);
    await runInitdb(config, binaries, directory, log);
    await renameTo(directory, config.dataDirectory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runInitdb(
  config: ServerConfig,
  binaries: PostgresBinaries,
  directory: string,
  log: ServerLog,
): Promise<void> {
  const args = initdbArguments({ directory, passwordFile: config.passwordFile, durable: config.durable });
  const initdb = launch(binaries.initdb, args, log);
  const interrupt = () => initdb.kill('SIGINT');
  config.signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const exit = await initdb.exited;
    config.signal?.throwIfAborted();
    if (!exit.ok) {
      throw launchError('initdb failed', exit.description, await log.tail());
    }
  } finally {
    config.signal?.removeEventListener('abort', interrupt);
  }
}

/** Removes the temporary folders of processes that have ended. */
async function removeAbandoned(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory);
  const prefix = basename(temporaryPrefix(dataDirectory));
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix)) continue;
    const pid = Number(entry.slice(prefix.length));
    if (pid !== process.pid && isRunning(pid)) continue;
    await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function temporaryPrefix(dataDirectory: string): string {
  return `${dataDirectory}.initdb-`;
}

async function renameTo(directory: string, dataDirectory: string): Promise<void> {
  // An empty folder with that name may exist; Windows does not replace it.
  await rmdir(dataDirectory).catch(() => undefined);
  try {
    await rename(directory, dataDirectory);
  } catch (cause) {
    // Another process was faster; its cluster is equivalent.
    if ((await inspectDataDirectory(dataDirectory)) === 'initialized') return;
    throw new PostgresStartError(`${directory} could not be renamed to ${dataDirectory}.`, '', { cause });
  }
}
