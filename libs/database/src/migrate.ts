import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, MigrationExecutor, QueryRunnerAlreadyReleasedError, type QueryRunner } from 'typeorm';
import { databaseDefaults } from './database-options.js';
import { dataSourceOptions, type MigrationClass } from './data-source-options.js';
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
  signal?: AbortSignal;
}

export const migrateDefaults = { lockTimeoutMs: 60_000 } as const;

/** Any number that no other program uses for an advisory lock in the same database: "parley" in ASCII. */
const LOCK_KEY = 0x7061_726c_6579;
const POLL_MS = 100;

/**
 * Brings the schema up to date and returns the names of the migrations that this call ran, oldest first. Any number of
 * processes may call it at once: one runs them, the others wait and find nothing left to do.
 *
 * The lock and the migrations share one connection: should it break, the lock is lost and the migration under way is
 * rolled back in the same moment, so none ever runs unlocked.
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
    // A migration may take its time, but it must not queue for a busy table for ever: all later readers would queue behind.
    extra: { lock_timeout: databaseDefaults.lockTimeoutMs, keepAlive: true },
  });
  try {
    await dataSource.initialize();
    return await runLocked(dataSource, options);
  } catch (error) {
    if (error instanceof QueryRunnerAlreadyReleasedError) throw new DatabaseUnavailableError(error);
    throw toDatabaseError(error);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function runLocked(dataSource: DataSource, options: MigrateOptions): Promise<string[]> {
  const connection = dataSource.createQueryRunner();
  try {
    await lock(connection, options);
    const executor = new MigrationExecutor(dataSource, connection);
    executor.transaction = 'each';
    const ran = await executor.executePendingMigrations();
    await connection.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
    return ran.map((migration) => migration.name);
  } finally {
    await connection.release();
  }
}

/** Asks again and again rather than waiting inside the server, where a waiting statement can block index builds. */
async function lock(connection: QueryRunner, options: MigrateOptions): Promise<void> {
  const timeoutMs = options.lockTimeoutMs ?? migrateDefaults.lockTimeoutMs;
  const began = performance.now();
  for (;;) {
    const rows = (await connection.query('SELECT pg_try_advisory_lock($1) AS locked', [LOCK_KEY])) as {
      locked: boolean;
    }[];
    if (rows[0]?.locked) return;
    const waitedMs = performance.now() - began;
    if (waitedMs >= timeoutMs) throw new MigrationLockTimeoutError(timeoutMs);
    await sleep(
      Math.min(POLL_MS, timeoutMs - waitedMs),
      undefined,
      options.signal && { signal: options.signal },
    );
  }
}
