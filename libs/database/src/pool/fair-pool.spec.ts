import { createEmptyDatabase, type TestDatabase } from '#testing';
import { FairPool } from './fair-pool.js';
import { runAs } from './calling-owner.js';

let testDatabase: TestDatabase;
let pool: FairPool;
beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
});
afterAll(() => testDatabase.drop());
afterEach(() => pool.end());

function poolOf(max: number, connectionTimeoutMillis = 5_000): void {
  pool = new FairPool({ connectionString: testDatabase.url, max, connectionTimeoutMillis, ownerShare: 0.8 });
}

describe('FairPool', () => {
  it('keeps connections for other owners when one owner requests all of them', async () => {
    poolOf(5);
    const annConnecting = Array.from({ length: 7 }, () => runAs('ann', () => pool.connect()));
    const held = await Promise.all(annConnecting.slice(0, 4));
    expect([pool.totalCount, pool.waitingCallers]).toEqual([4, 3]);
    const bobClient = await runAs('bob', () => pool.connect());
    await runAs('ann', async () => {
      // The owner is the same after an await.
      await new Promise(setImmediate);
      expect(pool.waitingCallers).toBe(3);
    });
    const eve = runAs('eve', () => pool.connect());
    held[0]!.release();
    (await eve).release();
    bobClient.release();
    for (const client of held.slice(1)) client.release();
    for (const client of annConnecting.slice(4)) (await client).release();
    expect([pool.waitingCallers, pool.idleCount]).toEqual([0, pool.totalCount]);
  });

  it('does not bound the process itself, and supports callbacks and promises', async () => {
    poolOf(2);
    const client = await new Promise((resolve, reject) =>
      pool.connect((error, connected, release) => {
        if (error) return reject(error);
        release?.();
        resolve(connected);
      }),
    );
    expect(client).toBeDefined();
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('rejects an owner with too many waiting callers, and bounds every wait by the timeout', async () => {
    poolOf(1, 100);
    const held = await runAs('ann', () => pool.connect());
    const waiting = Promise.allSettled(Array.from({ length: 800 }, () => runAs('ann', () => pool.connect())));
    await expect(runAs('ann', () => pool.connect())).rejects.toMatchObject({ code: 'owner_limit' });
    await expect(runAs('bob', () => pool.connect())).rejects.toThrow('timeout exceeded');
    for (const outcome of await waiting) expect(outcome.status).toBe('rejected');
    held.release();
    expect([pool.waitingCallers, (await pool.query('SELECT 1 AS one')).rowCount]).toEqual([0, 1]);
  });

  it('frees the slot of a connection that failed to open', async () => {
    pool = new FairPool({
      connectionString: testDatabase.url.replace(/:\d+\//, ':1/'),
      max: 1,
      connectionTimeoutMillis: 1_000,
    });
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(pool.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    expect(pool.waitingCallers).toBe(0);
  });
});
