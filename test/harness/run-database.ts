import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatMigrations } from '#chat';
import { migrate } from '#database';
import { EmbeddedPostgres } from '#embedded-postgres';
import { clusterVariable, copyCluster, createCluster, queryOnce, withDatabase } from '#testing';

const FOLDER_PREFIX = 'parley-test-';

/**
 * Prepares the PostgreSQL of a test run: the server at TEST_DATABASE_URL or DATABASE_URL, or else an embedded one without fsync
 * whose data is deleted. Creates the migrated template database that the databases of suites are copied from. The workers get
 * the addresses through environment variables.
 */
export async function startRunDatabase(): Promise<void> {
  // An empty variable counts as unset.
  const given = process.env.TEST_DATABASE_URL || process.env.DATABASE_URL;
  const server = given ? { url: given, stop: async () => undefined } : await startServer();
  const prefix = `parley_test_${process.pid}_${Date.now().toString(36)}`;
  const template = `${prefix}_template`;
  const stop = once(async () => {
    for (const undo of undos) process.off(...undo);
    if (given) await dropDatabases(server.url, prefix);
    await server.stop();
  });
  const undos = stopOnSignals(stop);
  Object.assign(globalThis, { stopRunDatabase: stop });
  try {
    await queryOnce(server.url, `CREATE DATABASE ${template}`);
    await migrate({ url: withDatabase(server.url, template), migrations: chatMigrations });
    // PostgreSQL copies a database only while there are no connections to it.
    await queryOnce(server.url, `ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.PARLEY_TEST_ADMIN_URL = server.url;
  process.env.PARLEY_TEST_PREFIX = prefix;
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const cluster = join(folder, 'cluster');
    const dataDirectory = join(folder, 'postgres');
    await createCluster(cluster);
    process.env[clusterVariable] = cluster;
    copyCluster(dataDirectory);
    const server = await EmbeddedPostgres.start({
      dataDirectory,
      durable: false,
      settings: { max_connections: 400 },
    });
    return {
      url: server.url,
      stop: async () => {
        await server.stop();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** Deletes the folders of runs that were killed. Their servers ended with them. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const pid = Number.parseInt(name.slice(FOLDER_PREFIX.length), 10);
    if (!isGone(pid)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function dropDatabases(adminUrl: string, prefix: string): Promise<void> {
  const rows = await queryOnce(
    adminUrl,
    `SELECT datname FROM pg_database WHERE starts_with(datname, '${prefix}')`,
  );
  for (const { datname } of rows) {
    await queryOnce(adminUrl, `DROP DATABASE IF EXISTS ${String(datname)} WITH (FORCE)`);
  }
}

/** Stops the server on signals, because Jest does not run the global teardown then. */
function stopOnSignals(stop: () => Promise<void>): [NodeJS.Signals, () => void][] {
  return (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const listener = () => {
      void stop().finally(() => process.kill(process.pid, signal));
    };
    process.once(signal, listener);
    return [signal, listener];
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
