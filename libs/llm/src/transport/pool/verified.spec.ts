import { ScriptedServer } from '#testing';
import { guideProtocol } from '../../protocols/guide.js';
import { ForgetfulRouter } from '../../testing/forgetful-router.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { poolContext } from '../../testing/transport-setup.js';
import { afterPoll } from '../after-poll.js';
import { type Connection } from '../connection.js';
import { type TransportOptions } from '../transport-options.js';
import { ConnectionPool } from './connection-pool.js';
import { DedicatedPool } from './dedicated-pool.js';
import { type Pool } from './pool.js';

const { signal } = new AbortController();
const request = { message: 'hi', stream: false };

let server: ScriptedServer;
let router: ForgetfulRouter;
let clock: FakeClock;
let pool: Pool;

beforeEach(async () => {
  server = await ScriptedServer.start();
  router = await ForgetfulRouter.start(server.url);
  clock = new FakeClock();
});
afterEach(async () => {
  pool.close();
  await router.stop();
  await server.stop();
});

const options = { probeAfterMs: 2_000, probeMs: 500, connectTimeoutMs: 5_000, pingTimeoutMs: Infinity };
const pools: [string, (more?: Partial<TransportOptions>) => Pool][] = [
  [
    'ConnectionPool',
    (more = {}) => new ConnectionPool(poolContext(router.url, { ...options, ...more }, clock)),
  ],
  [
    'DedicatedPool',
    (more = {}) =>
      new DedicatedPool({
        ...poolContext(router.url, { ...options, ...more }, clock),
        protocol: { ...guideProtocol, connection: { isForOneModel: true } },
      }),
  ],
];

/** Lends a connection that was idle for `idleMs`. */
async function lendAfter(idleMs: number): Promise<Connection> {
  const connection = await pool.acquire(signal, request);
  await server.until(({ clients }) => clients.length > 0);
  pool.release(connection, request);
  clock.advance(idleMs);
  const again = pool.tryAcquire(request);
  expect(again).toBe(connection);
  return connection;
}

/** Waits in steps until a timer of at most `ms` exists, and lets it fire. */
async function pass(ms: number): Promise<void> {
  for (let step = 0; step < 5; step += 1) await afterPoll();
  clock.advance(ms);
}

describe.each(pools)('%s: a connection that was idle', (_, create) => {
  it('is used without a probe if something has arrived recently', async () => {
    pool = create();
    const connection = await lendAfter(1_999);
    expect(connection.isStale).toBe(false);
    pool.release(connection, request);
  });

  it('is used after an answer to a ping', async () => {
    pool = create();
    const connection = await lendAfter(2_000);
    expect(connection.isStale).toBe(true);
    expect(await pool.verified(connection, signal, request)).toBe(connection);
    expect(connection.isStale).toBe(false);
    pool.release(connection, request);
    expect(server.clients).toHaveLength(1);
  });

  it.each([1, 100])(
    'is replaced if the network has dropped it, with %i connections at most',
    async (maxConnections) => {
      pool = create({ maxConnections });
      const connection = await lendAfter(2_000);
      router.forget();
      const verified = pool.verified(connection, signal, request);
      await pass(500);
      const other = await verified;
      expect(other).not.toBe(connection);
      expect([connection.isOpen, other.isOpen, other.isStale]).toEqual([false, true, false]);
      expect(pool.state).toMatchObject({ connections: 1, inFlight: 1 });
      pool.release(other, request);
      expect(pool.state).toMatchObject({ connections: 1, inFlight: 0 });
    },
  );

  it('is used if no other connection can be opened either: the server may be busy', async () => {
    pool = create();
    const connection = await lendAfter(2_000);
    router.forget();
    router.isBusy = true;
    const verified = pool.verified(connection, signal, request);
    await pass(500);
    await pass(5_000);
    expect(await verified).toBe(connection);
    expect(connection.isOpen).toBe(true);
    pool.release(connection, request);
  });

  it('is used if its server answers the ping late, but before another connection is open', async () => {
    pool = create();
    const connection = await lendAfter(2_000);
    server.clients[0]!.pause();
    router.isBusy = true;
    const verified = pool.verified(connection, signal, request);
    await pass(500);
    server.clients[0]!.resume();
    expect(await verified).toBe(connection);
    pool.release(connection, request);
    expect(pool.state).toMatchObject({ inFlight: 0 });
  });

  it('is given back if the wait is aborted', async () => {
    pool = create();
    const connection = await lendAfter(2_000);
    router.forget();
    const caller = new AbortController();
    const verified = pool.verified(connection, caller.signal, request);
    await afterPoll();
    caller.abort(new Error('enough'));
    await expect(verified).rejects.toThrow('enough');
    expect(pool.state).toMatchObject({ inFlight: 0 });
  });
});

describe('ConnectionPool: connections that were idle together', () => {
  it('are all replaced after one of them was found dead', async () => {
    pool = pools[0]![1]();
    const connections = [await pool.acquire(signal, request), await pool.acquire(signal, request)];
    for (const connection of connections) pool.release(connection, request);
    clock.advance(2_000);
    router.forget();
    const lent = pool.tryAcquire(request)!;
    const verified = pool.verified(lent, signal, request);
    await pass(500);
    const other = await verified;
    expect(connections.map(({ isOpen }) => isOpen)).toEqual([false, false]);
    pool.release(other, request);
  });

  it('keeps the answers of a shared connection that is found silent', async () => {
    pool = pools[0]![1]({ requestsPerConnection: 2 });
    const connection = await pool.acquire(signal, request);
    const failed: unknown[] = [];
    connection.send(request, { event: () => undefined, failed: (error) => failed.push(error) });
    clock.advance(2_000);
    router.forget();
    const second = pool.tryAcquire(request)!;
    const verified = pool.verified(second, signal, request);
    await pass(500);
    const other = await verified;
    expect(other).not.toBe(connection);
    expect([failed, connection.isOpen, connection.hasCapacity]).toEqual([[], true, false]);
    pool.release(other, request);
    pool.release(connection, request);
  });
});
