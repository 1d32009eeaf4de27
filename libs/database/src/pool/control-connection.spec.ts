import pg from 'pg';
import { TcpProxy } from '../../../health/test/tcp-proxy.js';
import { createEmptyDatabase, type TestDatabase } from '../../../../test/harness/test-database.js';
import { ControlConnection } from './control-connection.js';

let home: TestDatabase;
let proxy: TcpProxy;
let control: ControlConnection;
let created: number;
beforeAll(async () => {
  home = await createEmptyDatabase();
  proxy = await TcpProxy.to(home.url);
});
afterAll(async () => {
  await proxy.close();
  await home.drop();
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
  it('is opened once, and stays after an error of a statement', async () => {
    expect(await Promise.all([one(), one()])).toEqual([[{ one: 1 }], [{ one: 1 }]]);
    await expect(control.query('SELECT nothing', [], 2_000)).rejects.toMatchObject({ code: '42703' });
    await one();
    expect(created).toBe(1);
  });

  it('is replaced after it broke, and after a server that was silent', async () => {
    await one();
    await proxy.close();
    await expect(one()).rejects.toBeDefined();
    await proxy.open();
    expect(await one()).toEqual([{ one: 1 }]);
    proxy.fallSilent();
    // The first one may still find the connection that was cut.
    await expect(one(100)).rejects.toBeDefined();
    await expect(one(100)).rejects.toMatchObject({ name: 'TimeoutError' });
    await proxy.open();
    expect(await one()).toEqual([{ one: 1 }]);
  });
});
