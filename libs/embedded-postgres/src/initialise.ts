import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { inspectDataDirectory } from './data-directory.js';
import { launchError, PostgresStartError } from './errors.js';
import type { ServerPlan } from './options.js';
import { ensurePassword } from './password.js';
import { initdbArguments } from './server-arguments.js';
import type { ServerLog } from './server-log.js';
import { isRunning } from './server-process.js';
import { launch } from './launch.js';

/**
 * Makes the database cluster in a folder of its own beside the real one, then gives it the real name: whatever is
 * interrupted, the real name never stands for half a cluster.
 */
export async function initialise(
  plan: ServerPlan,
  binaries: PostgresBinaries,
  log: ServerLog,
): Promise<void> {
  await removeAbandoned(plan.dataDirectory);
  plan.log(`Making a new database in ${plan.dataDirectory}.`);
  const directory = `${unfinishedPrefix(plan.dataDirectory)}${process.pid}`;
  await mkdir(directory, { mode: 0o700 });
  try {
    await ensurePassword(plan.passwordFile);
    await runInitdb(plan, binaries, directory, log);
    await takeName(directory, plan.dataDirectory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runInitdb(
  plan: ServerPlan,
  binaries: PostgresBinaries,
  directory: string,
  log: ServerLog,
): Promise<void> {
  const args = initdbArguments({ directory, passwordFile: plan.passwordFile, durable: plan.durable });
  const initdb = launch(binaries.initdb, args, log);
  const interrupt = () => initdb.kill('SIGINT');
  plan.signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const ending = await initdb.exited;
    plan.signal?.throwIfAborted();
    if (!ending.ok) {
      throw launchError('initdb failed', ending.description, await log.tail());
    }
  } finally {
    plan.signal?.removeEventListener('abort', interrupt);
  }
}

/** Folders of initdb runs whose process is gone. */
async function removeAbandoned(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory);
  const prefix = basename(unfinishedPrefix(dataDirectory));
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix)) continue;
    const pid = Number(entry.slice(prefix.length));
    if (pid !== process.pid && isRunning(pid)) continue;
    await rm(join(parent, entry), { recursive: true, force: true });
  }
}

function unfinishedPrefix(dataDirectory: string): string {
  return `${dataDirectory}.initdb-`;
}

async function takeName(made: string, dataDirectory: string): Promise<void> {
  // An empty folder of that name may be there; Windows does not rename over it.
  await rmdir(dataDirectory).catch(() => undefined);
  try {
    await rename(made, dataDirectory);
  } catch (cause) {
    // Another process was faster: its cluster is as good as ours.
    if ((await inspectDataDirectory(dataDirectory)) === 'initialised') return;
    throw new PostgresStartError(`${made} could not be renamed to ${dataDirectory}.`, '', { cause });
  }
}
