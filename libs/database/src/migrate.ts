import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, MigrationExecutor, QueryRunnerAlreadyReleasedError, type QueryRunner } from 'typeorm';
import { databaseDefaults } from './database-options.js';
import { dataSourceOptions, type MigrationClass } from './data-source-options.js';
import { type RowSecurityState, rowSecurityState, type RunSql, useRoles } from './row-security.js';
import { DatabaseUnavailableError, MigrationLockTimeoutError, toDatabaseError } from './database-errors.js';

export interface MigrateOptions {
  /** postgres://… A secret: never logged. */
  url: string;
  /** All migrations there are, oldest first; those that the database has already are skipped. */
  migrations: MigrationClass[];
  /** Milliseconds to wait for another process that is migrating. Default 60,000. */
  lockTimeoutMs?: number;
  /** Milliseconds to wait for a connection. */
  connectTimeoutMs?: number;
  /**
   * Called with the state of row-level security, after {@link useRoles} has brought it up to date under the same lock. Left
   * out: neither happens.
   */
  onRowSecurity?: (state: RowSecurityState) => void;
  signal?: AbortSignal;
}

export const migrateDefaults = { lockTimeoutMs: 60_000 } as const;

/** Any number that no other program uses for an advisory lock in the same database: "parley" in ASCII. */
const LOCK_KEY = 0x7061_726c_6579;
const POLL_MS = 100;

/**
 * Brings the schema up to date and returns the names of the migrations that this call ran, oldest first. Any number of
 * processes may call it at once: each migration is run by one of them, while the others wait.
 *
 * Each migration shares a transaction with its lock: should the connection break, the lock is lost and the migration
 * rolled back in the same moment, so none ever runs unlocked. And it holds behind a pooler that shares connections
 * between transactions, where a lock of the connection would stay behind with somebody else.
 * @throws MigrationLockTimeoutError, DatabaseUnavailableError, the migration's own error, or the signal's reason.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  options.signal?.throwIfAborted();
  const dataSource = new DataSource({
    ...dataSourceOptions(
      {
        url: options.url,
        poolSize: 2,
        connectTimeoutMs: options.connectTimeoutMs ?? databaseDefaults.connectTimeoutMs,
      },
      { entities: [], migrations: options.migrations },
    ),
    extra: { keepAlive: true },
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
    for (;;) {
      await beginLocked(connection, options);
      const ran = await endOf(connection, () => runNext(executor));
      if (ran === undefined) break;
      names.push(ran);
    }
    if (options.onRowSecurity !== undefined) {
      await beginLocked(connection, options);
      const run: RunSql = (sql) => connection.query(sql);
      await endOf(connection, () => useRoles(run));
      await connection.startTransaction();
      options.onRowSecurity(await endOf(connection, () => rowSecurityState(run)));
    }
    return names;
  } finally {
    await connection.release();
  }
}

/** Runs the oldest migration that is missing. @returns its name; undefined: none is */
async function runNext(executor: MigrationExecutor): Promise<string | undefined> {
  const [next] = await executor.getPendingMigrations();
  return next && (await executor.executeMigration(next)).name;
}

/** Commits what `work` did in the transaction, or rolls it back if it throws. */
async function endOf<Result>(connection: QueryRunner, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    await connection.commitTransaction();
    return result;
  } catch (error) {
    // It says why; a connection that is broken rolls back by itself.
    await connection.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/**
 * Begins a transaction that has the lock until its end. Asks again and again rather than waiting inside the server, where
 * a waiting statement can block index builds.
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
  // A migration may take its time, but it must not queue for a busy table for ever: all later readers would queue behind.
  await connection.query(`SET LOCAL lock_timeout = ${databaseDefaults.lockTimeoutMs}`);
  const [row] = (await connection.query('SELECT pg_try_advisory_xact_lock($1) AS locked', [LOCK_KEY])) as {
    locked: boolean;
  }[];
  return row?.locked === true;
}
