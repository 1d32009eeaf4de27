import { MockLlm } from '#mock-llm';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { LlmConnectError, LlmOwnerLimitError, LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { SilentServer } from '../../testing/silent-server.js';
import { plain, poolContext } from '../../testing/transport-setup.js';
import { type Connection } from '../connection.js';
import { ConnectionPool } from './connection-pool.js';
import { type TransportOptions } from '../transport-options.js';

const { signal } = new AbortController();
let mock: MockLlm;
let clock: FakeClock;
let pool: ConnectionPool;

beforeEach(async () => {
  mock = await MockLlm.start();
  clock = new FakeClock();
});
afterEach(async () => {
  pool.close();
  expect(clock.pending).toBe(0);
  await mock.stop();
});

function poolOf(options: Partial<TransportOptions> = {}, url = mock.url): void {
  pool = new ConnectionPool(poolContext(url, options, clock));
}

/** Resolves after a complete answer on a connection that the caller has acquired. */
const answerOver = (connection: Connection) =>
  new Promise<void>((resolve, reject) => {
    connection.send(plain, {
      event: (event) => (event.type === 'end' ? resolve() : reject(new Error(event.type))),
      failed: reject,
    });
  });

/** The acquired connections, and the order in which the calls settled. */
function acquireInOrder(count: number): { order: number[]; all: Promise<Connection[]> } {
  const order: number[] = [];
  const all = Array.from({ length: count }, async (_, index) => {
    const connection = await pool.acquire(signal);
    order.push(index);
    return connection;
  });
  return { order, all: Promise.all(all) };
}

describe('connections', () => {
  it('are opened on demand and reused', async () => {
    poolOf();
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
    for (let request = 0; request < 5; request += 1) {
      const connection = await pool.acquire(signal);
      await answerOver(connection);
      pool.release(connection);
    }
    expect(mock.connectionsAccepted).toBe(1);
    expect(pool.state).toMatchObject({ connections: 1, connecting: 0, inFlight: 0, queued: 0 });
  });

  it('are opened for each request up to the maximum; further requests wait in order', async () => {
    poolOf({ maxConnections: 3 });
    const holders = acquireInOrder(3);
    const waiters = acquireInOrder(3);
    expect(pool.state).toMatchObject({ connections: 0, connecting: 3, inFlight: 0, queued: 6 });
    const held = await holders.all;
    expect(holders.order).toEqual([0, 1, 2]);
    expect(new Set(held).size).toBe(3);
    expect(pool.state).toMatchObject({ connections: 3, connecting: 0, inFlight: 3, queued: 3 });

    pool.release(held[1]!);
    pool.release(held[0]!);
    pool.release(held[2]!);
    expect(await waiters.all).toEqual([held[1], held[0], held[2]]);
    expect(waiters.order).toEqual([0, 1, 2]);
    expect(mock.connectionsAccepted).toBe(3);
  });

  it('carry several requests each if the route allows it', async () => {
    poolOf({ maxConnections: 2, requestsPerConnection: 3 });
    const connections = await acquireInOrder(6).all;
    expect(new Set(connections).size).toBe(2);
    expect(pool.state).toMatchObject({ connections: 2, inFlight: 6, queued: 0 });
    await Promise.all(connections.map(answerOver));
    for (const connection of connections) pool.release(connection);
    expect(pool.state.inFlight).toBe(0);
  });

  it('that were lost are replaced for waiting requests', async () => {
    poolOf({ maxConnections: 1 });
    const first = await pool.acquire(signal);
    const waiting = pool.acquire(signal);
    mock.dropConnections({ code: 'reset' });
    const second = await waiting;
    expect(second).not.toBe(first);
    pool.release(first);
    await answerOver(second);
    pool.release(second);
    expect(pool.state).toMatchObject({ connections: 1, inFlight: 0 });
  });
});

describe('the queue', () => {
  it('is bounded', async () => {
    poolOf({ maxConnections: 1, maxQueue: 2 });
    const held = await pool.acquire(signal);
    const waiting = [pool.acquire(signal), pool.acquire(signal)];
    const tooMany = pool.acquire(signal);
    await expect(tooMany).rejects.toBeInstanceOf(LlmQueueFullError);
    await expect(tooMany).rejects.toMatchObject({ code: 'llm_overloaded', scope: 'elsewhere' });
    pool.release(held);
    pool.release(await waiting[0]!);
    pool.release(await waiting[1]!);
  });

  it('does not count requests for which a connection is being opened', async () => {
    poolOf({ maxConnections: 3, maxQueue: 0 });
    const connections = await acquireInOrder(3).all;
    await expect(pool.acquire(signal)).rejects.toBeInstanceOf(LlmQueueFullError);
    for (const connection of connections) pool.release(connection);
  });

  it('loses aborted requests; the others keep their order', async () => {
    poolOf({ maxConnections: 1 });
    const held = await pool.acquire(signal);
    const leaver = new AbortController();
    const leaving = pool.acquire(leaver.signal);
    const staying = pool.acquire(signal);
    leaver.abort(new Error('enough'));
    await expect(leaving).rejects.toThrow('enough');
    pool.release(held);
    expect(await staying).toBe(held);
    pool.release(held);
  });

  it('does not accept a request whose signal is already aborted', async () => {
    poolOf();
    await expect(pool.acquire(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(mock.connectionsAccepted).toBe(0);
  });
});

describe('owners', () => {
  const of = (owner: string) => ({ ...plain, owner });

  it('hold at most their share, so that connections are free for others', async () => {
    poolOf({ maxConnections: 5, ownerShare: 0.8 });
    const anns = Array.from({ length: 8 }, () => pool.acquire(signal, of('ann')));
    const held = await Promise.all(anns.slice(0, 4));
    expect(pool.state).toMatchObject({ connections: 4, connecting: 0, inFlight: 4, queued: 4 });
    expect(pool.tryAcquire(of('ann'))).toBeUndefined();
    const bobs = await pool.acquire(signal, of('bob'));
    expect(pool.state).toMatchObject({ inFlight: 5, queued: 4 });
    // All connections are in use: a released one goes to an owner without a request in flight.
    const eves = pool.acquire(signal, of('eve'));
    pool.release(held[0]!, of('ann'));
    pool.release(await eves, of('eve'));
    expect(pool.state).toMatchObject({ inFlight: 5, queued: 3 });
    pool.release(bobs, of('bob'));
    for (const connection of held.slice(1)) pool.release(connection, of('ann'));
    for (const waiting of anns.slice(4)) pool.release(await waiting, of('ann'));
    expect(pool.state).toMatchObject({ inFlight: 0, queued: 0 });
  });
});

describe('queue slots', () => {
  const of = (owner: string) => ({ ...plain, owner });

  it('are shared: an owner with many requests is refused before others are', async () => {
    poolOf({ maxConnections: 1, maxQueue: 5, ownerShare: 0.8 });
    const held = await pool.acquire(signal, of('ann'));
    const waiting = Array.from({ length: 4 }, () => pool.acquire(signal, of('ann')));
    await expect(pool.acquire(signal, of('ann'))).rejects.toMatchObject({
      code: 'owner_limit',
      scope: 'elsewhere',
      retryable: true,
    });
    expect(pool.refusalFor('ann')).toBeInstanceOf(LlmOwnerLimitError);
    expect(pool.refusalFor('bob')).toBeUndefined();
    const bobs = pool.acquire(signal, of('bob'));
    expect(pool.refusalFor('eve')).toMatchObject({ code: 'llm_overloaded' });
    pool.release(held, of('ann'));
    const order = await Promise.all([
      ...waiting.map((request) => request.then((connection) => (pool.release(connection, of('ann')), 'ann'))),
      bobs.then((connection) => (pool.release(connection, of('bob')), 'bob')),
    ]);
    expect(order).toHaveLength(5);
  });

  it('are served round robin by owner', async () => {
    poolOf({ maxConnections: 1 });
    const held = await pool.acquire(signal, of('ann'));
    const served: string[] = [];
    const requests = ['ann', 'ann', 'ann', 'bob'].map(async (owner) => {
      const connection = await pool.acquire(signal, of(owner));
      served.push(owner);
      pool.release(connection, of(owner));
    });
    pool.release(held, of('ann'));
    await Promise.all(requests);
    expect(served).toEqual(['ann', 'bob', 'ann', 'ann']);
  });

  it('and the share count with the connections that the server accepts', async () => {
    mock.behave({ maxConnections: 5 });
    poolOf({ maxConnections: 100 });
    const anns = Array.from({ length: 9 }, () => pool.acquire(signal, of('ann')));
    const held = await Promise.all(anns.slice(0, 5));
    while (pool.state.connecting > 0) await new Promise(setImmediate);
    pool.release(held[0]!, of('ann'));
    expect(pool.state).toMatchObject({ connections: 5, inFlight: 4, queued: 4 });
    const bobs = pool.tryAcquire(of('bob'))!;
    expect(bobs).toBeDefined();
    pool.release(bobs, of('bob'));
    for (const connection of held.slice(1)) pool.release(connection, of('ann'));
    for (const waiting of anns.slice(5)) pool.release(await waiting, of('ann'));
  });
});

describe('a connect that fails', () => {
  it('fails one request each, and is retried for the next request', async () => {
    poolOf({ maxConnections: 2 });
    mock.behave({ refuse: 503 });
    const acquired = await Promise.allSettled([1, 2, 3].map(() => pool.acquire(signal)));
    for (const result of acquired)
      expect(result).toMatchObject({ reason: { code: 'overloaded', status: 503 } });
    await mock.reset();
    pool.release(await pool.acquire(signal));
  });

  it('fails no request while another connection is open; the request waits for that one', async () => {
    mock.behave({ maxConnections: 1 });
    poolOf({ maxConnections: 5 });
    const held = await pool.acquire(signal);
    const waiting = pool.acquire(signal);
    while (pool.state.connecting > 0) await new Promise(setImmediate);
    expect(pool.state).toMatchObject({ connections: 1, queued: 1 });
    pool.release(held);
    expect(await waiting).toBe(held);
    pool.release(held);
  });

  it('is not retried for every request while the server accepts no more connections', async () => {
    poolOf({ maxConnections: 5 });
    const held = await pool.acquire(signal);
    mock.behave({ refuse: 503 });
    const first = pool.acquire(signal);
    while (pool.state.connecting > 0) await new Promise(setImmediate);
    const second = pool.acquire(signal);
    expect(pool.state.connecting).toBe(0);
    clock.advance(1_000);
    const third = pool.acquire(signal);
    expect(pool.state.connecting).toBeGreaterThan(0);
    for (const request of [first, second, third]) {
      pool.release(held);
      await request;
    }
    pool.release(held);
  });

  it('is reported with its cause if nothing listens', async () => {
    poolOf();
    await mock.goDown();
    await expect(pool.acquire(signal)).rejects.toBeInstanceOf(LlmConnectError);
  });

  it('has a timeout', async () => {
    const silent = await SilentServer.start();
    poolOf({}, silent.url);
    const acquired = pool.acquire(signal);
    await silent.connected;
    clock.advance(5_000);
    await expect(acquired).rejects.toMatchObject({ code: 'connect_timeout' });
    await silent.disconnected;
    await silent.stop();
  });

  it('is abandoned when no request waits for it any more', async () => {
    const silent = await SilentServer.start();
    poolOf({}, silent.url);
    const caller = new AbortController();
    const acquired = pool.acquire(caller.signal);
    await silent.connected;
    caller.abort(new Error('enough'));
    await expect(acquired).rejects.toThrow('enough');
    await silent.disconnected;
    expect(pool.state).toMatchObject({ connecting: 0, queued: 0 });
    await silent.stop();
  });
});

describe('a check', () => {
  it('opens a connection unless one is open, and sends nothing', async () => {
    poolOf();
    await pool.check(signal);
    await pool.check(signal);
    expect(mock.connectionsAccepted).toBe(1);
    expect(mock.requestsReceived).toBe(0);
    expect(pool.state).toMatchObject({ connections: 1, inFlight: 0 });
  });

  it('rejects as a connect does', async () => {
    poolOf();
    mock.behave({ refuse: 401 });
    await expect(pool.check(signal)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('opens no connection beyond the maximum', async () => {
    poolOf({ maxConnections: 1 });
    const [connection] = await Promise.all([pool.acquire(signal).then(give), pool.check(signal)]);
    expect(connection).toBeDefined();
    expect(mock.connectionsAccepted).toBe(1);
  });

  it('that is aborted does not affect requests that wait for the same connection', async () => {
    poolOf({ maxConnections: 1 });
    const aborter = new AbortController();
    const check = pool.check(aborter.signal);
    const acquired = pool.acquire(signal);
    aborter.abort(new Error('enough'));
    await expect(check).rejects.toThrow('enough');
    pool.release(await acquired);
  });
});

describe('time', () => {
  it('closes idle connections, except the last', async () => {
    const closed: LlmError[] = [];
    pool = new ConnectionPool({
      ...poolContext(mock.url, { idleCloseMs: 30_000, heartbeatMs: 10_000, pingTimeoutMs: Infinity }, clock),
      onClose: (error) => closed.push(error),
    });
    const connections = await acquireInOrder(3).all;
    for (const connection of connections) pool.release(connection);
    clock.advance(20_000);
    // The oldest is used again, so it is not idle when the others are.
    pool.release(await pool.acquire(signal));
    clock.advance(10_000);
    await mock.waitFor(({ connections }) => connections === 1);
    expect(pool.state.connections).toBe(1);
    expect(connections[0]!.isOpen).toBe(true);
    expect(closed.map(({ message }) => message)).toEqual(
      Array(2).fill('the connection to ws://server/ ended (code 1000: closed by us)'),
    );
    clock.advance(40_000);
    expect(pool.state.connections).toBe(1);
  });

  it('terminates an idle connection whose peer answers no ping', async () => {
    const closed = Promise.withResolvers<LlmError>();
    pool = new ConnectionPool({
      ...poolContext(mock.url, { heartbeatMs: 10, pingTimeoutMs: 30 }, clock),
      onClose: closed.resolve,
    });
    mock.behave({ freeze: true });
    const connection = await pool.acquire(signal);
    const answer = answerOver(connection);
    await mock.waitFor(({ requestsReceived }) => requestsReceived === 1);
    clock.advance(500);
    expect(connection.isOpen).toBe(true);
    pool.release(connection);
    clock.advance(40);
    expect((await closed.promise).message).toContain('the peer has answered no ping');
    await expect(answer).rejects.toThrow('the peer has answered no ping');
    expect(pool.state.connections).toBe(0);
  });
});

describe('close', () => {
  it('closes every connection, idle or not', async () => {
    poolOf();
    mock.behave({ silence: true });
    const [busy, idle] = await acquireInOrder(2).all;
    pool.release(idle!);
    const answer = answerOver(busy!);
    await mock.waitFor(({ requestsReceived }) => requestsReceived === 1);
    pool.close();
    await expect(answer).rejects.toThrow('closed by us');
    pool.release(busy!);
    await mock.waitFor(({ connections }) => connections === 0);
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
  });

  it('rejects waiting and further requests, and aborts connects', async () => {
    const silent = await SilentServer.start();
    poolOf({}, silent.url);
    const waiting = pool.acquire(signal);
    await silent.connected;
    pool.close();
    await expect(waiting).rejects.toBeInstanceOf(LlmCancelledError);
    await expect(pool.acquire(signal)).rejects.toBeInstanceOf(LlmCancelledError);
    await expect(pool.check(signal)).rejects.toBeInstanceOf(LlmCancelledError);
    await silent.disconnected;
    await silent.stop();
  });
});

function give(connection: Connection): Connection {
  pool.release(connection);
  return connection;
}
