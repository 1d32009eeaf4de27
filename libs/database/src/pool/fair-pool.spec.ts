import { createEmptyDatabase, type TestDatabase } from '../../../../test/harness/test-database.js';
import { FairPool } from './fair-pool.js';
import { runAs } from './calling-owner.js';

let home: TestDatabase;
let pool: FairPool;
beforeAll(async () => {
  home = await createEmptyDatabase();
});
afterAll(() => home.drop());
afterEach(() => pool.end());

function poolOf(max: number, connectionTimeoutMillis = 5_000): void {
  pool = new FairPool({ connectionString: home.url, max, connectionTimeoutMillis, ownerShare: 0.8 });
}

describe('FairPool', () => {
  it('keeps connections for other owners when one wants all of them', async () => {
    poolOf(5);
    const anns = Array.from({ length: 7 }, () => runAs('ann', () => pool.connect()));
    const held = await Promise.all(anns.slice(0, 4));
    expect([pool.totalCount, pool.waitingCallers]).toEqual([4, 3]);
    const bobs = await runAs('bob', () => pool.connect());
    await runAs('ann', async () => {
      // The owner is the same after an await.
      await new Promise(setImmediate);
      expect(pool.waitingCallers).toBe(3);
    });
    const eve = runAs('eve', () => pool.connect());
    held[0]!.release();
    (await eve).release();
    bobs.release();
    for (const client of held.slice(1)) client.release();
    for (const client of anns.slice(4)) (await client).release();
    expect([pool.waitingCallers, pool.idleCount]).toEqual([0, pool.totalCount]);
  });

  it('gives the process itself any connection, with callbacks as with promises', async () => {
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

  it('refuses an owner with too many waiting callers, and lets none wait longer than the time limit', async () => {
    poolOf(1, 100);
    const held = await runAs('ann', () => pool.connect());
    const waiting = Promise.allSettled(Array.from({ length: 800 }, () => runAs('ann', () => pool.connect())));
    await expect(runAs('ann', () => pool.connect())).rejects.toMatchObject({ code: 'owner_limit' });
    await expect(runAs('bob', () => pool.connect())).rejects.toThrow('timeout exceeded');
    for (const outcome of await waiting) expect(outcome.status).toBe('rejected');
    held.release();
    expect([pool.waitingCallers, (await pool.query('SELECT 1 AS one')).rowCount]).toEqual([0, 1]);
  });

  it('gives the slot of a connection that failed to open to the next caller', async () => {
    pool = new FairPool({
      connectionString: home.url.replace(/:\d+\//, ':1/'),
      max: 1,
      connectionTimeoutMillis: 1_000,
    });
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(pool.connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    expect(pool.waitingCallers).toBe(0);
  });
});
