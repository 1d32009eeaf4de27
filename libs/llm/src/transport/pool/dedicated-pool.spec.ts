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
  // Answers everything at once with the name that was asked for.
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

/** Asks, waits for the answer, and gives the connection back. */
async function play(more: Partial<LlmRequest> = {}): Promise<string> {
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

const said = (...texts: string[]): LlmMessage[] =>
  texts.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));

describe('a connection for every answer', () => {
  it('is closed when the answer is over', async () => {
    create({ reuse: 'answer' });
    expect([await play(), await play()]).toEqual(['re: hi', 're: hi']);
    expect([opened, closed, server.clients.length]).toEqual([2, 2, 2]);
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
    await server.until(({ openSockets }) => openSockets === 0);
    expect(clock.pending).toBe(0);
  });

  it('is waited for when there are as many as there may be', async () => {
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

  it('gives its place up when it cannot be opened, or is not wanted any more', async () => {
    create({ reuse: 'answer' }, { maxConnections: 1 });
    const caller = new AbortController();
    const left = pool.acquire(caller.signal, streamed);
    expect(pool.state).toMatchObject({ connecting: 1 });
    const gone = new Error('gone');
    caller.abort(gone);
    await expect(left).rejects.toBe(gone);
    expect(await play()).toBe('re: hi');
    await server.stop();
    await expect(pool.acquire(signal, streamed)).rejects.toMatchObject({ code: 'connect_failed' });
    expect(pool.state).toMatchObject({ connections: 0, connecting: 0, inFlight: 0, queued: 0 });
    server = await ScriptedServer.start();
  });

  it('says that it can be reached, without a prompt', async () => {
    create({ reuse: 'answer' });
    await pool.check(signal);
    expect([opened, closed, server.received]).toEqual([1, 1, []]);
  });

  it('is turned away when the pool is closed', async () => {
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

  it('is used again by who goes on from what was said on it, without repeating that', async () => {
    create({ reuse: 'conversation' });
    await play({ message: 'a', conversationId: 'c' });
    await play({ message: 'b', conversationId: 'c', history: said('a', 're: a') });
    await play({ message: 'c', conversationId: 'c', history: said('a', 're: a', 'b', 're: b') });
    expect([opened, before()]).toEqual([1, [0, 0, 0]]);
    expect(pool.state).toMatchObject({ connections: 1, inFlight: 0 });
  });

  it.each<[string, Partial<LlmRequest>]>([
    ['another conversation', { conversationId: 'd', history: said('a', 're: a') }],
    ['another branch', { conversationId: 'c', history: said('a', 'otherwise') }],
    ['its beginning', { conversationId: 'c' }],
  ])('is of no use to %s', async (_, next) => {
    create({ reuse: 'conversation' });
    await play({ message: 'a', conversationId: 'c' });
    await play({ message: 'b', ...next });
    expect([opened, before()]).toEqual([2, [0, next.history?.length ?? 0]]);
  });

  it('makes room for another one, and is closed when nobody goes on', async () => {
    create({ reuse: 'conversation' }, { maxConnections: 2, idleCloseMs: 20_000, heartbeatMs: 10_000 });
    await play({ message: 'a', conversationId: 'c' });
    await play({ message: 'b', conversationId: 'd' });
    await play({ message: 'c', conversationId: 'e' });
    expect([opened, closed, pool.state.connections]).toEqual([3, 1, 2]);
    await play({ message: 'd', conversationId: 'd', history: said('b', 're: b') });
    expect(opened).toBe(3);
    clock.advance(10_000);
    clock.advance(10_000);
    expect([closed, pool.state.connections, clock.pending]).toEqual([3, 0, 0]);
  });

  it('is not kept when its answer did not come to an end', async () => {
    create({ reuse: 'conversation' });
    const connection = await pool.acquire(signal, streamed);
    const listener = { event: () => undefined, failed: () => undefined };
    connection.send(streamed, listener).abandon();
    pool.release(connection);
    expect(pool.state.connections).toBe(0);
  });
});

describe('a connection whose address names the model', () => {
  it('is used again for that model alone', async () => {
    create({ isForOneModel: true });
    await play();
    await play({ model: 'm' });
    await play({ model: 'other' });
    await play({ model: 'other' });
    await play();
    expect(server.upgrades.map(({ url }) => url)).toEqual(['/m', '/other']);
  });
});
