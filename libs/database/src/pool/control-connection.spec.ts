import pg from 'pg';
import { TcpProxy } from '../../../health/test/tcp-proxy.js';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { ControlConnection } from './control-connection.js';

let testDatabase: TestDatabase;
let proxy: TcpProxy;
let control: ControlConnection;
let created: number;
beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
  proxy = await TcpProxy.to(testDatabase.url);
});
afterAll(async () => {
  await proxy.close();
  await testDatabase.drop();
});
beforeEach(() => {
  created = 0;
  control = new ControlConnection(() => {
    created += 1;
    return new pg.Client({ connectionString: proxy.url });
  });
});
afterEach(() => control.close());

const one = (timeoutMs = 2_000) => control.query<{ one: number }>('SELECT 1 AS one', [], timeoutMs);

describe('ControlConnection', () => {
  it('opens once, and stays open after the error of a statement', async () => {
    expect(await Promise.all([one(), one()])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
    await expect(control.query('SELECT nothing', [], 2_000)).rejects.toMatchObject({ code: '42703' });
    await one();
    expect(created).toBe(1);
  });

  it('uses a login that took longer than a call for the next one', async () => {
    await expect(one(1)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await one()).toEqual([{ one: 1 }]);
    expect(created).toBe(1);
  });

  it('reconnects after it broke, and after a timeout', async () => {
    await one();
    await proxy.close();
    await expect(one()).rejects.toBeDefined();
    await proxy.open();
    expect(await one()).toEqual([{ one: 1 }]);
    proxy.stopResponding();
    // The first call may still use the connection that was cut.
    await expect(one(100)).rejects.toBeDefined();
    await expect(one(100)).rejects.toMatchObject({ name: 'TimeoutError' });
    await proxy.open();
    expect(await one()).toEqual([{ one: 1 }]);
  });
});
