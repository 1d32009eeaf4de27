import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, MigrationExecutor, QueryRunnerAlreadyReleasedError, type QueryRunner } from 'typeorm';
import { databaseDefaults } from './database-options.js';
import { DatabaseClient } from './database-client.js';
import { dataSourceOptions, serversOf, type MigrationClass } from './data-source-options.js';
import {
  type RowSecurityState,
  rowSecurityState,
  type RunSql,
  updateRowSecurityRoles,
} from './row-security.js';
import {
  DatabaseEncodingError,
  DatabaseUnavailableError,
  MigrationLockTimeoutError,
} from './database-errors.js';
import { toDatabaseError } from './error-classes.js';

/** Options of {@link migrate}. */
export interface MigrateOptions {
  /** postgres://… A secret: never logged. */
  url: string;
  /** All migrations, oldest first; those that the database already has are skipped. */
  migrations: MigrationClass[];
  /** How long to wait for the lock of another migrating process, in ms. Default 60,000. */
  lockTimeoutMs?: number;
  /** Timeout for a connection, in ms. Default 5,000. */
  connectTimeoutMs?: number;
  /** Called with the state of row-level security after {@link updateRowSecurityRoles}. Omitted: the roles are not updated. */
  onRowSecurity?: (state: RowSecurityState) => void;
  /** Aborts waiting for the lock. */
  signal?: AbortSignal;
}

/** Defaults of {@link MigrateOptions}. */
export const migrateDefaults = { lockTimeoutMs: 60_000 } as const;

/** The advisory lock's key, which no other program should use in the same database: "parley" in ASCII. */
const LOCK_KEY = 0x7061_726c_6579;
const POLL_MS = 100;

/**
 * Runs the pending migrations and returns the names of those that this call ran, oldest first. Any number of processes may
 * call it at once: one of them runs each migration while the others wait.
 *
 * Each migration and its advisory lock share a transaction: if the connection breaks, the lock is released and the
 * migration rolled back together, so no migration runs without the lock. This also holds behind a pooler that shares
 * connections between transactions, where a session-level lock would stay on a connection that other clients use.
 * @throws DatabaseEncodingError, MigrationLockTimeoutError, DatabaseUnavailableError, the migration's own error, or the signal's reason
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  options.signal?.throwIfAborted();
  const connectTimeoutMs = options.connectTimeoutMs ?? databaseDefaults.connectTimeoutMs;
  const dataSource = new DataSource({
    ...dataSourceOptions(
      { url: options.url, poolSize: 2, connectTimeoutMs },
      { entities: [], migrations: options.migrations },
    ),
    // No timeouts: a migration takes as long as it takes.
    extra: {
      Client: DatabaseClient,
      servers: serversOf({ url: options.url, connectTimeoutMs }),
      keepAlive: true,
    },
  });
  try {
    await dataSource.initialize();
    return await runPending(dataSource, options);
  } catch (error) {
    if (error instanceof QueryRunnerAlreadyReleasedError) throw new DatabaseUnavailableError(error);
    throw toDatabaseError(error);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function runPending(dataSource: DataSource, options: MigrateOptions): Promise<string[]> {
  const connection = dataSource.createQueryRunner();
  const executor = new MigrationExecutor(dataSource, connection);
  const names: string[] = [];
  try {
    await checkEncoding((sql) => connection.query(sql));
    for (;;) {
      await beginLocked(connection, options);
      const ran = await commitAfter(connection, () => runNext(executor));
      if (ran === undefined) break;
      names.push(ran);
    }
    if (options.onRowSecurity !== undefined) {
      await beginLocked(connection, options);
      const run: RunSql = (sql) => connection.query(sql);
      await commitAfter(connection, () => updateRowSecurityRoles(run));
      await connection.startTransaction();
      options.onRowSecurity(await commitAfter(connection, () => rowSecurityState(run)));
    }
    return names;
  } finally {
    await connection.release();
  }
}

/** Messages have characters of every script, which other encodings cannot store. */
async function checkEncoding(run: RunSql): Promise<void> {
  const [row] = (await run(
    `SELECT current_database() AS database, current_setting('server_encoding') AS encoding`,
  )) as [{ database: string; encoding: string }];
  if (row.encoding !== 'UTF8') throw new DatabaseEncodingError(row.database, row.encoding);
}

/** Runs the oldest pending migration. @returns its name; undefined if none is pending */
async function runNext(executor: MigrationExecutor): Promise<string | undefined> {
  const [next] = await executor.getPendingMigrations();
  return next && (await executor.executeMigration(next)).name;
}

/** Runs `work` in the current transaction and commits it, or rolls it back if `work` throws. */
async function commitAfter<Result>(connection: QueryRunner, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    await connection.commitTransaction();
    return result;
  } catch (error) {
    // The original error matters; a broken connection rolls back by itself.
    await connection.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/**
 * Begins a transaction that holds the advisory lock until its end. Polls for the lock, as a statement that waits for it on
 * the server can block `CREATE INDEX CONCURRENTLY`.
 */
async function beginLocked(connection: QueryRunner, options: MigrateOptions): Promise<void> {
  const timeoutMs = options.lockTimeoutMs ?? migrateDefaults.lockTimeoutMs;
  const began = performance.now();
  for (;;) {
    await connection.startTransaction();
    if (await tryLock(connection)) return;
    await connection.rollbackTransaction();
    const waitedMs = performance.now() - began;
    if (waitedMs >= timeoutMs) throw new MigrationLockTimeoutError(timeoutMs);
    await sleep(
      Math.min(POLL_MS, timeoutMs - waitedMs),
      undefined,
      options.signal && { signal: options.signal },
    );
  }
}

async function tryLock(connection: QueryRunner): Promise<boolean> {
  // A migration that waits for a table lock blocks all later readers of the table, so the wait is bounded.
  await connection.query(`SET LOCAL lock_timeout = ${databaseDefaults.lockTimeoutMs}`);
  const [row] = (await connection.query('SELECT pg_try_advisory_xact_lock($1) AS locked', [LOCK_KEY])) as {
    locked: boolean;
  }[];
  return row?.locked === true;
}
