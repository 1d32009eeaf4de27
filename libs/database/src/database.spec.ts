import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';
import { dataSourceOptions } from './data-source-options.js';
import { DatabaseUnavailableError } from './database-errors.js';
import type { DatabaseOptions } from './database-options.js';
import { Database } from './database.js';
import { GroupCommit } from './group-commit.js';

let testDatabase: TestDatabase;
const open: DataSource[] = [];

beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
  await queryOnce(testDatabase.url, 'CREATE TABLE note (id int PRIMARY KEY, text text)');
});
afterEach(() => Promise.all(open.splice(0).map((dataSource) => dataSource.destroy())));
afterAll(() => testDatabase.drop());

async function connect(options: Partial<DatabaseOptions> = {}): Promise<{ database: Database; pool: Pool }> {
  const schema = { entities: [], migrations: [] };
  const dataSource = new DataSource(dataSourceOptions({ url: testDatabase.url, ...options }, schema));
  await dataSource.initialize();
  open.push(dataSource);
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  return { database: new Database(dataSource), pool };
}

const ADD = { name: 'add', text: 'SELECT $1::int + $2::int AS sum' };
const SLEEP = { name: 'sleep', text: 'SELECT pg_sleep($1)' };
const INSERT = { name: 'insert', text: 'INSERT INTO note VALUES ($1, $2) RETURNING id' };
const PID = { name: 'pid', text: 'SELECT pg_backend_pid() AS pid' };

function endBackend(pid: number): Promise<unknown> {
  return queryOnce(testDatabase.url, `SELECT pg_terminate_backend(${pid}, 5000)`);
}

async function deadlocks(): Promise<number> {
  const [row] = await queryOnce(
    testDatabase.url,
    'SELECT pg_stat_force_next_flush(), deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row?.deadlocks);
}

describe('Database.query', () => {
  it('runs a prepared statement repeatedly on one connection', async () => {
    const { database } = await connect({ poolSize: 1 });
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
    await expect(database.query(ADD, [3, 4])).resolves.toEqual([{ sum: 7 }]);
    const prepared = await database.query(
      { name: 'prepared', text: "SELECT name FROM pg_prepared_statements WHERE name = 'add'" },
      [],
    );
    expect(prepared).toEqual([{ name: 'add' }]);
  });

  it('prepares no statements on the server when preparesStatements is false', async () => {
    const { database } = await connect({ poolSize: 1, preparesStatements: false });
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
    const text = 'SELECT name FROM pg_prepared_statements';
    await expect(database.query({ name: 'prepared', text })).resolves.toEqual([]);
    await expect(database.query({ name: 'prepared', text }, [], AbortSignal.timeout(5_000))).resolves.toEqual(
      [],
    );
  });

  it('passes on the error of a statement and keeps the connection', async () => {
    const { database, pool } = await connect({ poolSize: 1 });
    const before = await database.query(PID);
    await database.query(INSERT, [1, 'first']);
    await expect(database.query(INSERT, [1, 'again'])).rejects.toMatchObject({ code: '23505' });
    await expect(database.query(PID)).resolves.toEqual(before);
    expect(pool.totalCount).toBe(1);
  });

  it('sets every timeout on the server', async () => {
    const { database } = await connect({
      statementTimeoutMs: 1_001,
      lockTimeoutMs: 1_002,
      idleInTransactionTimeoutMs: 1_003,
    });
    const text = `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
      current_setting('idle_in_transaction_session_timeout') AS idle`;
    await expect(database.query({ name: 'settings', text })).resolves.toEqual([
      { statement: '1001ms', lock: '1002ms', idle: '1003ms' },
    ]);
  });

  it('reports a statement that exceeds its timeout as unavailable', async () => {
    const { database } = await connect({ statementTimeoutMs: 50 });
    await expect(database.query(SLEEP, [10])).rejects.toMatchObject({
      code: 'database_unavailable',
      cause: { code: '57014' },
    });
  });

  it('reports a pool without a free connection as unavailable after the timeout', async () => {
    const { database } = await connect({ poolSize: 1, connectTimeoutMs: 300 });
    // Opens the connection, which may take longer than the limit.
    await database.query(ADD, [1, 2]);
    const busy = database.query(SLEEP, [1]);
    await expect(database.query(ADD, [1, 2])).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await busy;
  });

  it('recovers from the loss of a busy connection', async () => {
    const { database } = await connect({ poolSize: 1 });
    const [row] = await database.query<{ pid: number }>(PID);
    const lost = expect(database.query(SLEEP, [10])).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await sleep(50);
    await endBackend(row?.pid ?? 0);
    await lost;
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
  });

  it('reports whether a failed statement may have taken effect', async () => {
    const shortTimeout = await connect({ queryTimeoutMs: 100, statementTimeoutMs: 60_000 });
    await expect(shortTimeout.database.query(SLEEP, [0.3])).rejects.toMatchObject({ isOutcomeUnknown: true });

    const { database } = await connect({ poolSize: 1, statementTimeoutMs: 1_000 });
    await expect(database.query(SLEEP, [60])).rejects.toMatchObject({ isOutcomeUnknown: false });
    const [row] = await database.query<{ pid: number }>(PID);
    const broken = expect(database.query(SLEEP, [60])).rejects.toMatchObject({ isOutcomeUnknown: true });
    await sleep(50);
    await endBackend(row?.pid ?? 0);
    await broken;
    await open.pop()?.destroy();
    await expect(database.query(ADD, [1, 2])).rejects.toMatchObject({ isOutcomeUnknown: false });
  });

  it('keeps the connection of a statement that the server canceled', async () => {
    const { database } = await connect({ poolSize: 1, statementTimeoutMs: 50 });
    const before = await database.query(PID);
    await expect(database.query(SLEEP, [10])).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(database.query(PID)).resolves.toEqual(before);
  });

  it('recovers from the loss of an idle connection, and reports it', async () => {
    const errors: Error[] = [];
    const { database } = await connect({ poolSize: 1, onConnectionError: (error) => errors.push(error) });
    const [row] = await database.query<{ pid: number }>(PID);
    await endBackend(row?.pid ?? 0);
    await sleep(50);
    expect(errors).toHaveLength(1);
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
  });

  it('rejects with DatabaseUnavailableError after the pool was closed', async () => {
    const { database } = await connect();
    await open.pop()?.destroy();
    await expect(database.query(ADD, [1, 2])).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });
});

describe('Database.query with a signal', () => {
  it('returns the same results and errors as without one', async () => {
    const { database } = await connect({ poolSize: 1 });
    const { signal } = new AbortController();
    await expect(database.query(ADD, [1, 2], signal)).resolves.toEqual([{ sum: 3 }]);
    await expect(database.query(INSERT, [null, ''], signal)).rejects.toMatchObject({ code: '23502' });
    await expect(database.query(ADD, [2, 2], signal)).resolves.toEqual([{ sum: 4 }]);
  });

  it('cancels the statement on the server and keeps the connection', async () => {
    const { database, pool } = await connect({ poolSize: 2 });
    const abort = new AbortController();
    const running = expect(database.query(SLEEP, [30], abort.signal)).rejects.toThrow('left');
    await sleep(100);
    abort.abort(new Error('left'));
    await running;
    const text = "SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query = $1";
    let active = 1;
    for (let tries = 0; active > 0 && tries < 50; tries += 1) {
      await sleep(20);
      active =
        (await database.query<{ count: number }>({ name: 'active', text }, [SLEEP.text]))[0]?.count ?? 0;
    }
    expect(active).toBe(0);
    expect(pool.idleCount).toBe(pool.totalCount);
  });

  it('leaves the queue for a connection without losing one', async () => {
    const { database, pool } = await connect({ poolSize: 1 });
    const busy = database.query(SLEEP, [0.3]);
    await expect(database.query(ADD, [1, 2], AbortSignal.timeout(50))).rejects.toThrow('timeout');
    await busy;
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
    expect(pool.idleCount).toBe(1);
  });

  it('runs nothing when the signal is already aborted', async () => {
    const { database } = await connect();
    const text = 'INSERT INTO note VALUES (77, $1)';
    const query = database.query({ name: 'late', text }, ['x'], AbortSignal.abort(new Error('too late')));
    await expect(query).rejects.toThrow('too late');
    expect(await queryOnce(testDatabase.url, 'SELECT 1 FROM note WHERE id = 77')).toEqual([]);
  });
});

describe('Database.transaction', () => {
  it('commits all statements', async () => {
    const { database } = await connect();
    const ids = await database.transaction(async (transaction) => [
      ...(await transaction.query<{ id: number }>(INSERT, [10, 'a'])),
      ...(await transaction.query<{ id: number }>(INSERT, [11, 'b'])),
    ]);
    expect(ids).toEqual([{ id: 10 }, { id: 11 }]);
    expect(await queryOnce(testDatabase.url, 'SELECT id FROM note WHERE id IN (10, 11)')).toHaveLength(2);
  });

  it('rolls back all statements after an error', async () => {
    const { database, pool } = await connect({ poolSize: 1 });
    const failing = database.transaction(async (transaction) => {
      await transaction.query(INSERT, [20, 'a']);
      await transaction.query(INSERT, [20, 'b']);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    const thrown = database.transaction(async (transaction) => {
      await transaction.query(INSERT, [21, 'a']);
      throw new Error('no');
    });
    await expect(thrown).rejects.toThrow('no');
    expect(await queryOnce(testDatabase.url, 'SELECT id FROM note WHERE id IN (20, 21)')).toEqual([]);
    expect(pool.idleCount).toBe(1);
  });

  it('does not reuse a connection that broke in a transaction', async () => {
    const { database } = await connect({ poolSize: 1 });
    const broken = database.transaction(async (transaction) => {
      const [row] = await transaction.query<{ pid: number }>(PID, []);
      await endBackend(row?.pid ?? 0);
      await transaction.query(ADD, [1, 2]);
    });
    await expect(broken).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
  });
});

describe('a connection whose query_timeout expired', () => {
  it('is never reused, also after a statement of TypeORM', async () => {
    const { database, pool } = await connect({
      poolSize: 1,
      queryTimeoutMs: 100,
      statementTimeoutMs: 60_000,
    });
    await expect(open.at(-1)?.query('SELECT pg_sleep(0.3)')).rejects.toThrow('Query read timeout');
    await expect(database.query(ADD, [1, 2])).resolves.toEqual([{ sum: 3 }]);
    expect(pool.totalCount).toBe(1);
  });
});

describe('GroupCommit on PostgreSQL', () => {
  it('recovers from deadlocks', async () => {
    await queryOnce(testDatabase.url, "INSERT INTO note VALUES (900, ''), (901, '')");
    const { database } = await connect();
    // Two statements that lock the same rows in opposite orders.
    const lockSlowly = (order: string) => ({
      name: `lock_${order}`,
      text: `SELECT id, pg_sleep(0.05) FROM (
        SELECT id FROM note WHERE id IN (900, 901) ORDER BY id ${order}) ids
        CROSS JOIN LATERAL (SELECT 1 FROM note WHERE note.id = ids.id FOR UPDATE) locked`,
    });
    const commits = ['ASC', 'DESC'].map(
      (order) =>
        new GroupCommit<number, number>(async (rows) => {
          await database.query(lockSlowly(order));
          return rows;
        }),
    );
    const before = await deadlocks();
    for (let round = 0; round < 3; round += 1) {
      await expect(Promise.all(commits.map((commit) => commit.submit(round)))).resolves.toEqual([
        round,
        round,
      ]);
    }
    expect(await deadlocks()).toBeGreaterThan(before);
  });
});

describe('Database.ping', () => {
  it('resolves while the database responds', async () => {
    const { database } = await connect();
    await expect(database.ping(1_000)).resolves.toBeUndefined();
  });

  it('does not wait for a connection of the pool', async () => {
    const { database } = await connect({ poolSize: 1 });
    const busy = database.query(SLEEP, [0.5]);
    await expect(database.ping(1_000)).resolves.toBeUndefined();
    await busy;
  });

  it('rejects while the server accepts no writes, and not afterward', async () => {
    await setReadOnly(true);
    const { database } = await connect();
    const { cause } = (await database.ping(1_000).catch((error: Error) => error)) as Error;
    expect(cause).toMatchObject({ code: '25006' });
    await setReadOnly(false);
    await expect(database.ping(1_000)).resolves.toBeUndefined();
  });
});

/** New connections are read-only, as if they led to a standby. */
async function setReadOnly(isReadOnly: boolean): Promise<void> {
  const change = isReadOnly ? 'SET default_transaction_read_only = on' : 'RESET ALL';
  await queryOnce(testDatabase.url, `BEGIN READ WRITE; ALTER DATABASE "${databaseName()}" ${change}; COMMIT`);
}

const databaseName = (): string => new URL(testDatabase.url).pathname.slice(1);

describe('Database after a failover', () => {
  it('closes every connection to a server that became read-only, and works at the next statement', async () => {
    const { database, pool } = await connect({ poolSize: 4 });
    await setReadOnly(true);
    await queryOnce(
      process.env.PARLEY_TEST_ADMIN_URL!,
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${databaseName()}'`,
    );
    await Promise.all(Array.from({ length: 4 }, () => database.query(SLEEP, [0.05]).catch(() => undefined)));
    await Promise.all(Array.from({ length: 4 }, () => database.query(SLEEP, [0.05])));
    expect(pool.totalCount).toBe(4);
    await setReadOnly(false);
    await expect(database.query(INSERT, [5_000, 'first'])).rejects.toMatchObject({
      code: 'database_unavailable',
      isOutcomeUnknown: false,
    });
    await expect(database.query(INSERT, [5_001, 'second'])).resolves.toEqual([{ id: 5_001 }]);
    await expect(database.transaction((t) => t.query(INSERT, [5_002, 'third']))).resolves.toHaveLength(1);
  });

  it('counts a refused login as unavailable, and works when logins are accepted again', async () => {
    const { database } = await connect();
    const admin = process.env.PARLEY_TEST_ADMIN_URL!;
    await queryOnce(admin, `ALTER DATABASE "${databaseName()}" ALLOW_CONNECTIONS false`);
    await queryOnce(
      admin,
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${databaseName()}'`,
    );
    const failures = await Promise.all(
      [database.query(ADD, [1, 1]), database.ping(1_000)].map((call) =>
        call.catch((error: unknown) => error),
      ),
    );
    await queryOnce(admin, `ALTER DATABASE "${databaseName()}" ALLOW_CONNECTIONS true`);
    for (const failure of failures) expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    await expect(database.query(ADD, [1, 1])).resolves.toEqual([{ sum: 2 }]);
  });
});
