import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { findBinaries, type PostgresBinaries } from './binaries.js';
import { inspectDataDirectory } from './data-directory.js';
import { DataDirectoryUnusableError } from './errors.js';
import { initialise } from './initialise.js';
import type { Ending } from './launch.js';
import { planServer, type EmbeddedPostgresOptions, type ServerPlan } from './options.js';
import { readPassword } from './password.js';
import { Postmaster } from './postmaster.js';
import { waitForPreviousServer } from './previous-server.js';
import { DATABASE, SUPERUSER } from './server-arguments.js';
import { ServerLog } from './server-log.js';
import { type RunningServer, Supervisor } from './supervisor.js';

/**
 * A PostgreSQL 18 server of our own, run from the binaries that npm installed. It listens on 127.0.0.1, keeps its data
 * between starts, and ends with this process, however that ends (on Linux even by SIGKILL). With `onRestart` it is
 * restarted when it ended by itself.
 */
export class EmbeddedPostgres {
  readonly #first: RunningServer;
  readonly #supervisor: Supervisor | undefined;

  private constructor(
    /** postgres://… of its superuser, password included: not for logs. */
    readonly url: string,
    readonly port: number,
    first: RunningServer,
    supervisor: Supervisor | undefined,
  ) {
    this.#first = first;
    this.#supervisor = supervisor;
  }

  /**
   * Starts the server on the data directory, making a new database there first if there is none.
   * @throws PostgresBinariesMissingError, DataDirectoryUnusableError, DataDirectoryInUseError,
   *   UserNamespacesForbiddenError, PostgresStartError; or the signal's reason.
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const plan = planServer(options);
    plan.signal?.throwIfAborted();
    const binaries = await findBinaries();
    const state = await inspectDataDirectory(plan.dataDirectory);
    await mkdir(dirname(plan.dataDirectory), { recursive: true });
    const log = await ServerLog.open(plan.logFile);
    let postmaster: Postmaster | undefined;
    try {
      if (state === 'absent') await initialise(plan, binaries, log);
      const password = await readPassword(plan.passwordFile);
      await waitForPreviousServer(plan);
      postmaster = await Postmaster.start(plan, binaries, log);
      const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${postmaster.port}/${DATABASE}`;
      await checkPassword(url, plan);
      postmaster.unref();
      const { port } = postmaster;
      const server = withLog(postmaster, log);
      const { onRestart: warn } = plan;
      const restart = (signal: AbortSignal): Promise<RunningServer> =>
        restartServer({ ...plan, port, signal }, binaries);
      const supervisor = warn && new Supervisor(server, { restart, warn });
      return new EmbeddedPostgres(url, port, server, supervisor);
    } catch (error) {
      await postmaster?.stop();
      await log.close();
      throw error;
    }
  }

  /** Resolves when the first server process has ended, stopped or by itself; `description` says how. */
  get exited(): Promise<Ending> {
    return this.#first.exited;
  }

  /** Shuts the server down and waits until it is gone: fast at first, then harder. May be called more than once. */
  async stop(): Promise<void> {
    await (this.#supervisor ?? this.#first).stop();
  }
}

/** A server that closes its log when it is stopped, once. */
function withLog(postmaster: Postmaster, log: ServerLog): RunningServer {
  let stopping: Promise<void> | undefined;
  return {
    exited: postmaster.exited,
    stop: () => (stopping ??= postmaster.stop().finally(() => log.close())),
  };
}

/** Starts the server again on existing data. The log is reopened, because it may have grown beyond its bound. */
async function restartServer(plan: ServerPlan, binaries: PostgresBinaries): Promise<RunningServer> {
  const log = await ServerLog.open(plan.logFile);
  try {
    await waitForPreviousServer(plan);
    const postmaster = await Postmaster.start(plan, binaries, log);
    postmaster.unref();
    return withLog(postmaster, log);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function checkPassword(url: string, plan: ServerPlan): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    if ((cause as { code?: string }).code !== '28P01') throw cause;
    throw new DataDirectoryUnusableError(
      `The password in ${plan.passwordFile} is not that of the database in ${plan.dataDirectory}.`,
      { cause },
    );
  } finally {
    await client.end();
  }
}
