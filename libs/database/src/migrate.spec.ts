import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';
import { DatabaseUnavailableError, MigrationLockTimeoutError } from './database-errors.js';
import { migrate } from './migrate.js';

class CreateNote1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE note (text text)');
    await runner.query('SELECT pg_sleep(0.2)');
  }
  async down(): Promise<void> {}
}

class FillNote1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query("INSERT INTO note VALUES ('once')");
  }
  async down(): Promise<void> {}
}

class Failing1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half (id int)');
    await runner.query('SELECT 1 / 0');
  }
  async down(): Promise<void> {}
}

let database: TestDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const migrations = [CreateNote1700000000001, FillNote1700000000002];

describe('migrate', () => {
  it('runs pending migrations and returns their names', async () => {
    await expect(migrate({ url: database.url, migrations: [CreateNote1700000000001] })).resolves.toEqual([
      'CreateNote1700000000001',
    ]);
    await expect(migrate({ url: database.url, migrations })).resolves.toEqual(['FillNote1700000000002']);
    await expect(migrate({ url: database.url, migrations })).resolves.toEqual([]);
  });

  it('runs each migration once when eight calls start at once on an empty database', async () => {
    const ran = await Promise.all(
      Array.from({ length: 8 }, () => migrate({ url: database.url, migrations })),
    );
    expect(ran.flat().sort()).toEqual(['CreateNote1700000000001', 'FillNote1700000000002']);
    expect(await query('SELECT text FROM note')).toEqual([{ text: 'once' }]);
    expect(await query('SELECT count(*)::int FROM migrations')).toEqual([{ count: 2 }]);
  });

  it('rolls back a failed migration, keeps the earlier ones, and releases the lock', async () => {
    const failing = migrate({ url: database.url, migrations: [...migrations, Failing1700000000003] });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await query('SELECT text FROM note')).toEqual([{ text: 'once' }]);
    await expect(migrate({ url: database.url, migrations, lockTimeoutMs: 1_000 })).resolves.toEqual([]);
  });

  it('times out while another process holds the lock', async () => {
    const holding = migrate({ url: database.url, migrations: [Slow1700000000001] });
    await sleep(300);
    const waiting = migrate({ url: database.url, migrations, lockTimeoutMs: 100 });
    await expect(waiting).rejects.toBeInstanceOf(MigrationLockTimeoutError);
    await expect(waiting).rejects.toMatchObject({ code: 'migration_lock_timeout', retryable: true });
    await holding;
  });

  it('stops waiting when the signal is aborted', async () => {
    const holding = migrate({ url: database.url, migrations: [Slow1700000000001] });
    await sleep(300);
    const waiting = migrate({ url: database.url, migrations, signal: AbortSignal.timeout(100) });
    await expect(waiting).rejects.toMatchObject({ code: 'ABORT_ERR' });
    await holding;
  });

  it('rolls back and stops when the connection, and with it the lock, is lost', async () => {
    const losing = migrate({ url: database.url, migrations: [Disconnected1700000000000, ...migrations] });
    await expect(losing).rejects.toBeInstanceOf(DatabaseUnavailableError);
    const left = await query("SELECT to_regclass('note') AS note, to_regclass('migrations') AS migrations");
    expect(left).toEqual([{ note: null, migrations: null }]);
  });

  it('refuses a database whose encoding cannot store every character', async () => {
    const admin = process.env.PARLEY_TEST_ADMIN_URL!;
    const name = `${new URL(database.url).pathname.slice(1)}_latin`;
    await queryOnce(admin, `CREATE DATABASE ${name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    const migrating = migrate({ url: `${database.url}_latin`, migrations });
    await expect(migrating).rejects.toMatchObject({ code: 'database_encoding', encoding: 'LATIN1' });
    await queryOnce(admin, `DROP DATABASE ${name} WITH (FORCE)`);
  });

  it('reports an unreachable database without its password', async () => {
    const url = 'postgres://parley:secret-word@127.0.0.1:1/none';
    const migrating = migrate({ url, migrations });
    await expect(migrating).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(migrating).rejects.not.toThrow('secret-word');
  });
});

class Slow1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('SELECT pg_sleep(1)');
  }
  async down(): Promise<void> {}
}

/** Its connection is terminated while it runs no statement. */
class Disconnected1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('SELECT pg_backend_pid() AS pid')) as { pid: number }[];
    await query(`SELECT pg_terminate_backend(${row?.pid}, 5000)`);
    await sleep(50);
  }
  async down(): Promise<void> {}
}
