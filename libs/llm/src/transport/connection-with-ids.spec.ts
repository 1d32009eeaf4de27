import { once } from 'node:events';
import { type WebSocket } from 'ws';
import { type LlmError } from '../errors/llm-error.js';
import { type ConnectionRules } from '../protocols/connection-rules.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { FakeClock } from '../testing/fake-clock.js';
import { testProtocol, type TestFrame } from '../testing/test-protocol.js';
import { ScriptedServer } from '#testing';
import { poolContext, streamed } from '../testing/transport-setup.js';
import { type Connection } from './connection.js';
import { openConnection, reuseOf } from './dial/open-connection.js';

let server: ScriptedServer;
let clock: FakeClock;
let connection: Connection;
let client: WebSocket;
let closed: ReturnType<typeof Promise.withResolvers<LlmError>>;
let freed: number;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
  freed = 0;
});
afterEach(async () => {
  connection.close();
  await server.stop();
});

async function open(
  rules: Partial<ConnectionRules> = {},
  requestsPerConnection = 3,
  more: Partial<LlmProtocol> = {},
): Promise<void> {
  const protocol = { ...testProtocol, ...more, connection: { ...testProtocol.connection, ...rules } };
  closed = Promise.withResolvers();
  const pool = { ...poolContext(server.url, { requestsPerConnection }, clock), protocol };
  connection = await openConnection(
    pool,
    reuseOf(pool, () => undefined),
    'm',
    new AbortController().signal,
    { onClose: (_, error) => closed.resolve(error), onCapacity: () => (freed += 1) },
  );
  await server.until(({ clients }) => clients.length === 1);
  client = server.clients[0]!;
}

/** Sends a request; its events are recorded in `words`. */
function ask(message = 'hi') {
  const words: string[] = [];
  const done = Promise.withResolvers<void>();
  connection.reserve();
  const exchange = connection.send(
    { ...streamed, message },
    {
      event: (event) => {
        if (event.type === 'error') words.push(`error ${event.error.code}`);
        else if (event.type === 'end')
          words.push(`end ${event.text ?? ''} ${event.usage?.totalTokens ?? ''}`.trim());
        else words.push(event.type === 'replace' ? `=${event.text}` : event.text);
        if (event.type === 'end' || event.type === 'error') done.resolve();
      },
      failed: (error) => {
        words.push(`failed ${error.code}`);
        done.resolve();
      },
    },
  );
  return { words, done: done.promise, abandon: () => exchange.abandon() };
}

const received = (count: number) => server.until(({ received }) => received.length === count);
const say = (...frames: TestFrame[]) => frames.forEach((frame) => client.send(JSON.stringify(frame)));

/** Resolves when all frames of the server have been read. */
async function read(): Promise<void> {
  client.ping();
  await once(client, 'pong');
}

describe('ids', () => {
  it('match interleaved answers: first the request id, then the answer id', async () => {
    await open();
    const [first, second] = [ask('1'), ask('2')];
    await received(2);
    say(
      { id: '2', answer: 'B' },
      { id: '1', answer: 'A' },
      { answer: 'B', piece: 'b' },
      { answer: 'A', piece: 'a' },
      { answer: 'B', end: true },
      { answer: 'A', piece: 'a' },
      { id: '1', end: true },
    );
    await Promise.all([first.done, second.done]);
    expect([first.words, second.words]).toEqual([
      ['a', 'a', 'end'],
      ['b', 'end'],
    ]);
  });

  it('that are unknown belong to other requests', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say(
      { id: '1', answer: 'A' },
      { answer: 'Z', piece: 'z' },
      { id: '9', piece: 'z' },
      { id: '9', end: true },
    );
    say({ answer: 'A', end: true });
    await done;
    expect(words).toEqual(['end']);
    expect(connection.isOpen).toBe(true);
  });

  it('may be missing while only one request is in flight', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ piece: 'a' }, { answer: 'A', piece: 'b' }, { end: true });
    await done;
    expect(words).toEqual(['a', 'b', 'end']);
    const next = ask();
    await received(2);
    say({ answer: 'A', piece: 'late' }, { answer: 'B', piece: 'c' }, { answer: 'B', end: true });
    await next.done;
    expect(next.words).toEqual(['c', 'end']);
  });

  it('are not guessed after an answer without an id was abandoned', async () => {
    await open({}, 3, { cancel: () => undefined });
    ask().abandon();
    const { words, done } = ask();
    await received(2);
    say({ answer: 'A', piece: 'of the first' }, { id: '2', answer: 'B' }, { answer: 'B', end: true });
    await done;
    expect(words).toEqual(['end']);
  });

  it('are unique among all connections if the protocol requires it', async () => {
    await open({ uniqueIds: true });
    ask();
    await received(1);
    expect(server.received[0]).toMatchObject({ id: '000000000000-1' });
  });
});

describe('an error', () => {
  it('that belongs to no request ends none', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ error: 'overloaded' }, { id: '7', error: 'overloaded' }, { id: '1', error: 'x', reach: 'nobody' });
    say({ piece: 'a' }, { id: '1', end: true });
    await done;
    expect(words).toEqual(['a', 'end']);
  });

  it('of one request does not affect the others', async () => {
    await open();
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ id: '1', error: 'rate_limited' }, { id: '2', end: true });
    await Promise.all([first.done, second.done]);
    expect([first.words, second.words]).toEqual([['error rate_limited'], ['end']]);
  });

  it('of the connection ends all requests and the connection', async () => {
    await open();
    const both = [ask(), ask()];
    await received(2);
    say({ error: 'overloaded', reach: 'connection' });
    expect(await closed.promise).toMatchObject({ code: 'overloaded' });
    expect(both.map(({ words }) => words)).toEqual([['failed overloaded'], ['failed overloaded']]);
  });

  it('thrown by the protocol is an invalid frame', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    client.send('no JSON');
    await done;
    expect(words).toEqual(['failed invalid_frame']);
  });
});

describe('an answer', () => {
  it('is delivered in pieces although each frame repeats the text so far', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ all: 'He' }, { all: 'Hello' }, { all: 'Hello' }, { piece: '!' }, { all: 'Hello! You' });
    say({ all: 'Bye' }, { piece: '.' }, { all: 'Bye.', end: true });
    await done;
    expect(words).toEqual(['He', 'llo', '', '!', ' You', '=Bye', '.', 'end Bye.']);
  });

  it('ends with the facts of earlier frames', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ tokens: 3 }, { piece: 'a', tokens: 5 }, { end: true });
    await done;
    expect(words).toEqual(['a', 'end  5']);
  });

  it('may need more than one request frame', async () => {
    await open();
    const { words, done } = ask('question');
    await received(1);
    say({ id: '1', secret: 's' });
    await received(2);
    expect(server.received[1]).toEqual({ again: 'question', id: '1', secret: 's' });
    say({ id: '1', end: true });
    await done;
    expect(words).toEqual(['end']);
  });
});

describe('an abandoned answer', () => {
  it('is canceled by a frame, and frees capacity when the server has ended it', async () => {
    await open({}, 1);
    const { words, abandon } = ask();
    await received(1);
    say({ id: '1', answer: 'A' }, { answer: 'A', piece: 'a' });
    await read();
    abandon();
    abandon();
    connection.release();
    await received(2);
    expect(server.received[1]).toEqual({ stop: 'A', id: '1' });
    expect([connection.isOpen, connection.hasCapacity, connection.isIdle]).toEqual([true, false, false]);
    say({ answer: 'A', piece: 'late' }, { answer: 'A', end: true });
    await read();
    expect([connection.hasCapacity, connection.isIdle, freed]).toEqual([true, true, 1]);
    expect(words).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  it('terminates the connection if the server does not end it', async () => {
    await open({}, 1);
    const { abandon } = ask();
    await received(1);
    say({ id: '1', answer: 'A' });
    await read();
    abandon();
    clock.advance(4_999);
    expect(connection.isOpen).toBe(true);
    clock.advance(1);
    expect(await closed.promise).toMatchObject({
      message: expect.stringContaining('does not end') as string,
    });
  });

  it('that the server does not end leaves the other answers on the connection, which takes no more requests', async () => {
    await open();
    const [first, second] = [ask('1'), ask('2')];
    await received(2);
    say({ id: '1', answer: 'A' }, { id: '2', answer: 'B' }, { answer: 'B', piece: 'b' });
    await read();
    first.abandon();
    connection.release();
    clock.advance(5_000);
    expect([connection.isOpen, connection.hasCapacity]).toEqual([true, false]);
    say({ answer: 'A', piece: 'late' }, { answer: 'A', end: true }, { answer: 'B', end: true });
    await second.done;
    connection.release();
    expect([first.words, second.words, connection.isOpen]).toEqual([[], ['b', 'end'], false]);
    expect(clock.pending).toBe(0);
  });

  it('that the server does not end closes a shared connection without other answers', async () => {
    await open();
    const { abandon } = ask();
    await received(1);
    say({ id: '1', answer: 'A' });
    await read();
    abandon();
    connection.release();
    clock.advance(5_000);
    expect(connection.isOpen).toBe(false);
  });

  it.each([
    [1, false],
    [3, true],
  ])('without such a frame, on a connection for %i requests: it stays open: %s', async (many, stays) => {
    await open({}, many);
    const { abandon } = ask();
    await received(1);
    abandon();
    expect(connection.isOpen).toBe(stays);
  });
});

describe('a connection', () => {
  it('carries no more requests than the protocol allows', async () => {
    await open({ maxInFlight: 2 }, 32);
    ask();
    expect(connection.hasCapacity).toBe(true);
    ask();
    expect(connection.hasCapacity).toBe(false);
  });

  it('answers the server’s ping, and sends one of its own', async () => {
    await open({ keepalive: { frame: ({ model }) => JSON.stringify({ alive: model }), everyMs: 20_000 } });
    say({ ping: true });
    await received(1);
    clock.advance(19_999);
    clock.advance(1);
    await received(2);
    clock.advance(20_000);
    await received(3);
    expect(server.received).toEqual([{ pong: true }, { alive: 'm' }, { alive: 'm' }]);
    connection.close();
    expect(clock.pending).toBe(0);
  });

  it('that the server will close takes no more requests, and is closed after its last answer', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ bye: true });
    await read();
    expect([connection.isOpen, connection.hasCapacity]).toEqual([true, false]);
    say({ id: '1', end: true });
    await done;
    expect(connection.isOpen).toBe(true);
    connection.release();
    expect(connection.isOpen).toBe(false);
    expect(words).toEqual(['end']);
  });

  it('that the server will close is closed immediately if it is idle', async () => {
    await open();
    say({ bye: true });
    expect(await closed.promise).toMatchObject({ closeCode: 1000 });
  });

  it('is closed at its maximum age', async () => {
    await open({ maxAgeMs: 60_000 });
    clock.advance(59_999);
    connection.heartbeat();
    expect(connection.hasCapacity).toBe(true);
    clock.advance(1);
    connection.heartbeat();
    expect(connection.isOpen).toBe(false);
  });

  it('is not pinged if the server answers no pings', async () => {
    await open({ answersPings: false });
    let pings = 0;
    client.on('ping', () => (pings += 1));
    for (let count = 0; count < 5; count += 1) {
      clock.advance(60_000);
      connection.heartbeat();
    }
    await read();
    expect([connection.isOpen, pings]).toEqual([true, 0]);
  });

  it('ends its answers when it is closed, if the protocol defines that', async () => {
    await open({ endsOnClose: [1000] });
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ id: '1', piece: 'a' });
    client.close(1000);
    await Promise.all([first.done, second.done]);
    expect([first.words, second.words]).toEqual([['a', 'end'], ['failed connection_closed']]);
  });

  it('reports the protocol’s meaning of a close code', async () => {
    await open({ closeErrors: { 1008: 'unauthorized' } });
    const { words, done } = ask();
    await received(1);
    client.close(1008, 'bad key');
    await done;
    expect(words).toEqual(['failed unauthorized']);
    expect((await closed.promise).message).toBe('bad key');
  });

  it.each([
    [Buffer.from('{"id":"1","end":true}'), ['end']],
    [Buffer.of(0xff), ['failed invalid_frame']],
  ])('reads binary frames as text if the protocol defines that: %j', async (frame, expected) => {
    await open({ binaryText: true });
    const { words, done } = ask();
    await received(1);
    client.send(frame);
    await done;
    expect(words).toEqual(expected);
  });
});
