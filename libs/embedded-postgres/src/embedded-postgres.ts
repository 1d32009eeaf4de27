import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { findBinaries, type PostgresBinaries } from './binaries.js';
import { inspectDataDirectory } from './data-directory.js';
import { DataDirectoryUnusableError } from './errors.js';
import { initializeCluster } from './initialize-cluster.js';
import type { ProcessExit } from './launch.js';
import {
  resolveConfig,
  type EmbeddedPostgresOptions,
  type ServerConfig,
} from './embedded-postgres-options.js';
import { readPassword } from './password.js';
import { Postmaster } from './postmaster.js';
import { waitForPreviousServer } from './previous-server.js';
import { DATABASE, SUPERUSER } from './server-arguments.js';
import { ServerLog } from './server-log.js';
import { type RunningServer, Supervisor } from './supervisor.js';

/**
 * A PostgreSQL 18 server as a child process, from the binaries that npm installed. It listens on 127.0.0.1, keeps its data
 * between starts, and ends with this process (on Linux even after SIGKILL). With `onRestart` it is restarted after an
 * unexpected exit.
 */
export class EmbeddedPostgres {
  readonly #first: RunningServer;
  readonly #supervisor: Supervisor | undefined;

  private constructor(
    /** postgres://… of its superuser. A secret, as it contains the password. */
    readonly url: string,
    readonly port: number,
    first: RunningServer,
    supervisor: Supervisor | undefined,
  ) {
    this.#first = first;
    this.#supervisor = supervisor;
  }

  /**
   * Starts the server on the data directory, creating the database cluster first if there is none.
   * @throws PostgresBinariesMissingError, DataDirectoryUnusableError, DataDirectoryInUseError,
   *   UserNamespacesForbiddenError, PostgresStartError, or the signal's reason
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const config = resolveConfig(options);
    config.signal?.throwIfAborted();
    const binaries = await findBinaries();
    const state = await inspectDataDirectory(config.dataDirectory);
    await mkdir(dirname(config.dataDirectory), { recursive: true });
    const log = await ServerLog.open(config.logFile);
    let postmaster: Postmaster | undefined;
    try {
      if (state === 'absent') await initializeCluster(config, binaries, log);
      const password = await readPassword(config.passwordFile);
      await waitForPreviousServer(config);
      postmaster = await Postmaster.start(config, binaries, log);
      const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${postmaster.port}/${DATABASE}`;
      await checkPassword(url, config);
      postmaster.unref();
      const { port } = postmaster;
      const server = withLog(postmaster, log);
      const { onRestart: warn } = config;
      const restart = (signal: AbortSignal): Promise<RunningServer> =>
        restartServer({ ...config, port, signal }, binaries);
      const supervisor = warn && new Supervisor(server, { restart, warn });
      return new EmbeddedPostgres(url, port, server, supervisor);
    } catch (error) {
      await postmaster?.stop();
      await log.close();
      throw error;
    }
  }

  /** Resolves when the first server process has exited, expectedly or not. */
  get exited(): Promise<ProcessExit> {
    return this.#first.exited;
  }

  /** Shuts the server down and waits until it has exited. May be called more than once. */
  async stop(): Promise<void> {
    await (this.#supervisor ?? this.#first).stop();
  }
}

/** A server that closes its log when it is stopped. */
function withLog(postmaster: Postmaster, log: ServerLog): RunningServer {
  let stopping: Promise<void> | undefined;
  return {
    exited: postmaster.exited,
    stop: () => (stopping ??= postmaster.stop().finally(() => log.close())),
  };
}

/** Starts the server again on existing data. Reopens the log, which may have grown beyond its bound. */
async function restartServer(config: ServerConfig, binaries: PostgresBinaries): Promise<RunningServer> {
  const log = await ServerLog.open(config.logFile);
  try {
    await waitForPreviousServer(config);
    const postmaster = await Postmaster.start(config, binaries, log);
    postmaster.unref();
    return withLog(postmaster, log);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function checkPassword(url: string, config: ServerConfig): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (cause) {
    if ((cause as { code?: string }).code !== '28P01') throw cause;
    throw new DataDirectoryUnusableError(
      `The password in ${config.passwordFile} is not that of the database in ${config.dataDirectory}.`,
      { cause },
    );
  } finally {
    await client.end();
  }
}
