import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type LlmMessage, type LlmRequest } from '../../protocols/protocol.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { testProtocol } from '../../testing/test-protocol.js';
import { ScriptedServer } from '#testing';
import { poolContext, streamed } from '../../testing/transport-setup.js';
import { createPool } from './create-pool.js';
import { type Pool } from './pool.js';
import { type TransportOptions } from '../transport-options.js';

const { signal } = new AbortController();
let server: ScriptedServer;
let clock: FakeClock;
let pool: Pool;
let opened: number;
let closed: number;

beforeEach(async () => {
  // Answers each request immediately, with its id.
  server = await ScriptedServer.start(({ id, ask }, client) =>
    client.send(JSON.stringify({ id, all: `re: ${String(ask)}`, end: true })),
  );
  clock = new FakeClock();
  opened = closed = 0;
});
afterEach(async () => {
  pool.close();
  await server.stop();
});

function create(rules: Partial<ConnectionRules>, options: Partial<TransportOptions> = {}): void {
  pool = createPool({
    ...poolContext(server.url, options, clock),
    protocol: {
      ...testProtocol,
      connection: { ...testProtocol.connection, ...rules },
      sign: (target, { model }) => ({ ...target, url: `${target.url}${model}` }),
    },
    onOpen: () => (opened += 1),
    onClose: () => (closed += 1),
  });
}

/** Sends a request, waits for the answer, and releases the connection. */
async function ask(more: Partial<LlmRequest> = {}): Promise<string> {
  const request = { ...streamed, ...more };
  const connection = pool.tryAcquire(request) ?? (await pool.acquire(signal, request));
  const answer = await new Promise<string>((resolve, reject) => {
    connection.send(request, {
      event: (event) => resolve(event.type === 'end' ? (event.text ?? '') : event.type),
      failed: reject,
    });
  });
  pool.release(connection);
  return answer;
}

const messages = (...texts: string[]): LlmMessage[] =>
  texts.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));

describe('a connection for every answer', () => {
  it('is closed after the answer', async () => {
    create({ reuse: 'answer' });
    expect([await ask(), await ask()]).toEqual(['re: hi', 're: hi']);
    expect([opened, closed, server.clients.length]).toEqual([2, 2, 2]);
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
    await server.until(({ openSockets }) => openSockets === 0);
    expect(clock.pending).toBe(0);
  });

  it('makes requests wait at the maximum', async () => {
    create({ reuse: 'answer' }, { maxConnections: 1, maxQueue: 1 });
    const first = await pool.acquire(signal, streamed);
    const second = pool.acquire(signal, streamed);
    expect(pool.state).toMatchObject({ connections: 1, inFlight: 1, queued: 1 });
    expect(pool.refusalFor()).toMatchObject({ code: 'llm_overloaded' });
    expect(pool.tryAcquire(streamed)).toBeUndefined();
    await expect(pool.acquire(signal, streamed)).rejects.toMatchObject({ code: 'llm_overloaded' });
    pool.release(first);
    expect(first.isOpen).toBe(false);
    expect((await second).isOpen).toBe(true);
    pool.release(await second);
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
  });

  it('frees its slot if it cannot be opened or the caller aborts', async () => {
    create({ reuse: 'answer' }, { maxConnections: 1 });
    const caller = new AbortController();
    const aborted = pool.acquire(caller.signal, streamed);
    expect(pool.state).toMatchObject({ connecting: 1 });
    const gone = new Error('gone');
    caller.abort(gone);
    await expect(aborted).rejects.toBe(gone);
    expect(await ask()).toBe('re: hi');
    await server.stop();
    await expect(pool.acquire(signal, streamed)).rejects.toMatchObject({ code: 'connect_failed' });
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
    server = await ScriptedServer.start();
  });

  it('checks that the endpoint is reachable, without a request', async () => {
    create({ reuse: 'answer' });
    await pool.check(signal);
    expect([opened, closed, server.received]).toEqual([1, 1, []]);
  });

  it('is not opened after the pool is closed', async () => {
    create({ reuse: 'answer' }, { maxConnections: 1 });
    const lent = await pool.acquire(signal, streamed);
    const waiting = pool.acquire(signal, streamed);
    pool.close();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(pool.acquire(signal, streamed)).rejects.toMatchObject({ code: 'cancelled' });
    expect(lent.isOpen).toBe(false);
    pool.release(lent);
    expect([opened, closed, clock.pending]).toEqual([1, 1, 0]);
  });
});

describe('a connection for a conversation', () => {
  const before = () => server.received.map((frame) => frame.before);

  it('is reused by a request that continues its conversation, without the history', async () => {
    create({ reuse: 'conversation' });
    await ask({ message: 'a', conversationId: 'c' });
    await ask({ message: 'b', conversationId: 'c', history: messages('a', 're: a') });
    await ask({ message: 'c', conversationId: 'c', history: messages('a', 're: a', 'b', 're: b') });
    expect([opened, before()]).toEqual([1, [0, 0, 0]]);
    expect(pool.state).toMatchObject({ connections: 1, inFlight: 0 });
  });

  it.each<[string, Partial<LlmRequest>]>([
    ['another conversation', { conversationId: 'd', history: messages('a', 're: a') }],
    ['another branch', { conversationId: 'c', history: messages('a', 'otherwise') }],
    ['its beginning', { conversationId: 'c' }],
  ])('is not reused for %s', async (_, next) => {
    create({ reuse: 'conversation' });
    await ask({ message: 'a', conversationId: 'c' });
    await ask({ message: 'b', ...next });
    expect([opened, before()]).toEqual([2, [0, next.history?.length ?? 0]]);
  });

  it('is closed for another one at the maximum, and when it is idle', async () => {
    create({ reuse: 'conversation' }, { maxConnections: 2, idleCloseMs: 20_000, heartbeatMs: 10_000 });
    await ask({ message: 'a', conversationId: 'c' });
    await ask({ message: 'b', conversationId: 'd' });
    await ask({ message: 'c', conversationId: 'e' });
    expect([opened, closed, pool.state.connections]).toEqual([3, 1, 2]);
    await ask({ message: 'd', conversationId: 'd', history: messages('b', 're: b') });
    expect(opened).toBe(3);
    clock.advance(10_000);
    clock.advance(10_000);
    expect([closed, pool.state.connections, clock.pending]).toEqual([3, 0, 0]);
  });

  it('is not kept if its answer did not end', async () => {
    create({ reuse: 'conversation' });
    const connection = await pool.acquire(signal, streamed);
    const listener = { event: () => undefined, failed: () => undefined };
    connection.send(streamed, listener).abandon();
    pool.release(connection);
    expect(pool.state.connections).toBe(0);
  });
});

describe('a connection whose address names the model', () => {
  it('is reused for that model alone', async () => {
    create({ isForOneModel: true });
    await ask();
    await ask({ model: 'm' });
    await ask({ model: 'other' });
    await ask({ model: 'other' });
    await ask();
    expect(server.upgrades.map(({ url }) => url)).toEqual(['/m', '/other']);
  });
});
