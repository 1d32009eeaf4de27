import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { findBinaries } from './binaries.js';
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

/**
 * A PostgreSQL 18 server of our own, run from the binaries that npm installed. It listens on 127.0.0.1, keeps its data
 * between starts, and ends with this process, however that ends (on Linux even by SIGKILL).
 */
export class EmbeddedPostgres {
  private constructor(
    /** postgres://… of its superuser, password included: not for logs. */
    readonly url: string,
    readonly port: number,
    private readonly postmaster: Postmaster,
    private readonly serverLog: ServerLog,
  ) {}

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
      return new EmbeddedPostgres(url, postmaster.port, postmaster, log);
    } catch (error) {
      await postmaster?.stop();
      await log.close();
      throw error;
    }
  }

  /** Resolves when the server process is gone, asked to or not; `description` says how it ended. */
  get exited(): Promise<Ending> {
    return this.postmaster.exited;
  }

  /** Shuts the server down and waits until it is gone: fast at first, then harder. May be called more than once. */
  async stop(): Promise<void> {
    await this.postmaster.stop();
    await this.serverLog.close();
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
