import { once } from 'node:events';
import { type WebSocket } from 'ws';
import { ScriptedServer } from '#testing';
import { compileProtocol } from '../protocols/description/compile.js';
import { type ProtocolDescription } from '../protocols/description/description.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { FakeClock } from '../testing/fake-clock.js';
import { poolContext, streamed } from '../testing/transport-setup.js';
import { type Connection } from './connection.js';
import { openConnection, reuseOf } from './dial/open-connection.js';
import { type TransportOptions } from './transport-options.js';

let server: ScriptedServer;
let clock: FakeClock;
let connection: Connection;
let client: WebSocket;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
});
afterEach(async () => {
  connection.close();
  await server.stop();
});

const plainRules: ProtocolDescription = {
  name: 'x',
  request: { send: { ask: '{{message}}', id: '{{id}}' } },
  error: { when: { error: { present: true } }, message: 'error', followed_by_end: true },
  delta: { text: 'piece' },
  end: { when: { end: true } },
  correlation: { request: 'id' },
};

async function open(
  more: Partial<ProtocolDescription>,
  options: Partial<TransportOptions> = {},
): Promise<void> {
  const protocol = compileProtocol({ ...plainRules, ...more });
  const pool = { ...poolContext(server.url, { reuse: 'settled', ...options }, clock), protocol };
  const reuse = reuseOf(pool, () => undefined);
  connection = await openConnection(pool, reuse, 'm', new AbortController().signal, {
    onClose: () => undefined,
  });
  await server.until(({ clients }) => clients.length === 1);
  client = server.clients[0]!;
}

/** Sends a request; its events are recorded in `words`. */
function ask(request: Partial<LlmRequest> = {}) {
  const words: string[] = [];
  connection.reserve();
  const exchange = connection.send(
    { ...streamed, ...request },
    {
      event: (event) => {
        if (event.type === 'error') words.push(`error ${event.error.message}`);
        else words.push(event.type === 'end' ? 'end' : event.text);
      },
      failed: (error) => words.push(error.code),
    },
  );
  return { words, ...exchange };
}
const received = (count: number) => server.until(({ received }) => received.length === count);
const say = (...frames: object[]) => frames.forEach((frame) => client.send(JSON.stringify(frame)));
const idOf = (index: number) => server.received[index]!.id;

/** Resolves when all frames of the server have been read: the pong to a later ping has arrived. */
async function read(): Promise<void> {
  client.ping();
  await once(client, 'pong');
}

const noIds: Partial<ProtocolDescription> = { correlation: {}, request: { send: { ask: '{{message}}' } } };

describe('an error that its end frame follows', () => {
  it('is reported immediately; the connection is free again after the end frame', async () => {
    await open(noIds);
    const { words } = ask();
    await received(1);
    say({ piece: 'a' }, { error: 'busy' }, { piece: 'b' });
    await read();
    expect(words).toEqual(['a', 'error busy']);
    connection.release();
    expect([connection.isOpen, connection.isIdle, connection.hasCapacity]).toEqual([true, false, false]);
    say({ end: true });
    await read();
    expect([connection.isOpen, connection.isIdle, connection.hasCapacity]).toEqual([true, true, true]);
    expect(words).toHaveLength(2);
  });

  it('closes the connection if no end frame comes, or if the server remembers the conversation', async () => {
    await open(noIds);
    ask();
    await received(1);
    say({ error: 'busy' });
    await read();
    connection.release();
    clock.advance(5_000);
    expect(connection.isOpen).toBe(false);
    await server.stop();
    server = await ScriptedServer.start();
    await open({ ...noIds, connection: { reuse: 'conversation' } });
    ask({ conversationId: 'c' });
    await received(1);
    say({ error: 'busy' });
    await read();
    connection.release();
    say({ end: true });
    await once(client, 'close');
    expect(connection.isOpen).toBe(false);
  });

  it('leaves the other answers of a shared connection', async () => {
    await open({}, { requestsPerConnection: 3 });
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ id: idOf(0), error: 'busy' }, { id: idOf(1), piece: 'b' }, { id: idOf(0), end: true });
    say({ id: idOf(1), end: true });
    await read();
    expect([first.words, second.words]).toEqual([['error busy'], ['b', 'end']]);
  });
});

describe('an answer that a pause ends', () => {
  const silent: Partial<ProtocolDescription> = { end: { silence: 2 } };

  it('ends after the last piece; the connection then carries no other request', async () => {
    await open({ ...noIds, ...silent });
    const { words } = ask();
    await received(1);
    clock.advance(60_000);
    expect(words).toEqual([]);
    say({ piece: 'a' });
    await read();
    clock.advance(1_999);
    say({ piece: 'b' });
    await read();
    clock.advance(1_999);
    expect(words).toEqual(['a', 'b']);
    clock.advance(1);
    expect(words).toEqual(['a', 'b', 'end']);
    expect(connection.hasCapacity).toBe(false);
    connection.release();
    expect(connection.isOpen).toBe(false);
  });

  it('leaves the connection open if every frame has the id of its request', async () => {
    await open(silent);
    const { words } = ask();
    await received(1);
    say({ id: idOf(0), piece: 'a' });
    await read();
    clock.advance(2_000);
    connection.release();
    expect([words, connection.isOpen, connection.hasCapacity]).toEqual([['a', 'end'], true, true]);
    const second = ask();
    await received(2);
    say({ id: idOf(0), piece: 'late' }, { id: idOf(1), piece: 'b' });
    await read();
    expect(second.words).toEqual(['b']);
  });

  it('is not ended by a pause once it has failed, ended or been abandoned', async () => {
    await open({ ...noIds, end: [{ silence: 2 }, { when: { end: true } }] });
    const ended = ask();
    await received(1);
    say({ piece: 'a' }, { end: true });
    await read();
    connection.release();
    const failed = ask();
    await received(2);
    say({ piece: 'a' }, { error: 'busy' });
    await read();
    clock.advance(2_000);
    expect([ended.words, failed.words]).toEqual([
      ['a', 'end'],
      ['a', 'error busy'],
    ]);
    expect(clock.pending).toBe(1);
  });
});

describe('a cancel frame that ends the answer', () => {
  const cancel = { send: { stop: '{{id}}', nr: '{{next_id}}' }, ends: true };

  it('leaves a connection whose frames have ids, and late pieces are dropped', async () => {
    await open({ cancel, correlation: { request: 'id', ids: 'number' } }, { requestsPerConnection: 3 });
    const first = ask();
    await received(1);
    say({ id: idOf(0), piece: 'a' });
    await read();
    first.abandon();
    connection.release();
    await received(2);
    expect(server.received[1]).toEqual({ stop: 1, nr: 2 });
    expect([connection.isOpen, connection.isIdle]).toEqual([true, true]);
    const second = ask();
    await received(3);
    expect(idOf(2)).toBe(3);
    say({ id: 1, piece: 'late' }, { id: 3, piece: 'b' }, { id: 3, end: true });
    await read();
    expect([first.words, second.words]).toEqual([['a'], ['b', 'end']]);
  });

  it('is followed by a close if its late pieces could belong to the next answer', async () => {
    await open({ ...noIds, cancel: { send: { stop: true }, ends: true } }, { reuse: 'always' });
    const first = ask();
    await received(1);
    say({ piece: 'a' });
    await read();
    first.abandon();
    expect(connection.hasCapacity).toBe(false);
    connection.release();
    await received(2);
    expect([server.received[1], connection.isOpen]).toEqual([{ stop: true }, false]);
  });
});

describe('{{next_id}}', () => {
  it('is a number of its own in a keepalive', async () => {
    const keepalive = { send: { ping: '{{next_id}}' }, every: 1 };
    await open({ correlation: { request: 'id', ids: 'number' }, connection: { keepalive } });
    ask();
    clock.advance(2_000);
    await received(3);
    expect(server.received).toEqual([{ ask: 'hi', id: 1 }, { ping: 2 }, { ping: 3 }]);
    say({ id: 2, error: 'not found' });
    await read();
    expect(connection.isOpen).toBe(true);
  });

  it('is a text of its own where ids are texts', async () => {
    const keepalive = { send: { ping: '{{next_id}}' }, every: 1 };
    await open({ connection: { keepalive } });
    ask();
    clock.advance(2_000);
    await received(3);
    const ids = server.received.map(({ id, ping }) => id ?? ping);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}-\d+$/);
  });
});
