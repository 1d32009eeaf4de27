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
let rooms: number;

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
  rooms = 0;
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
    { onClose: (_, error) => closed.resolve(error), onRoom: () => (rooms += 1) },
  );
  await server.until(({ clients }) => clients.length === 1);
  client = server.clients[0]!;
}

/** Sends a request; what it is told is written down in `words`. */
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

/** Resolves when everything that the server has written was read. */
async function read(): Promise<void> {
  client.ping();
  await once(client, 'pong');
}

describe('names', () => {
  it('tell interleaved answers apart, ours once and then the server’s', async () => {
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

  it('that nobody knows are somebody else’s', async () => {
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

  it('need not be repeated by a server that has one answer only', async () => {
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

  it('are not guessed once an answer was given up that had none', async () => {
    await open({}, 3, { cancel: () => undefined });
    ask().abandon();
    const { words, done } = ask();
    await received(2);
    say({ answer: 'A', piece: 'of the first' }, { id: '2', answer: 'B' }, { answer: 'B', end: true });
    await done;
    expect(words).toEqual(['end']);
  });

  it('are unlike those of other connections where the protocol wants that', async () => {
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

  it('of one request leaves the others alone', async () => {
    await open();
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ id: '1', error: 'rate_limited' }, { id: '2', end: true });
    await Promise.all([first.done, second.done]);
    expect([first.words, second.words]).toEqual([['error rate_limited'], ['end']]);
  });

  it('of the connection ends all, and the connection', async () => {
    await open();
    const both = [ask(), ask()];
    await received(2);
    say({ error: 'overloaded', reach: 'connection' });
    expect(await closed.promise).toMatchObject({ code: 'overloaded' });
    expect(both.map(({ words }) => words)).toEqual([['failed overloaded'], ['failed overloaded']]);
  });

  it('of a protocol that throws is the frame’s', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    client.send('no JSON');
    await done;
    expect(words).toEqual(['failed invalid_frame']);
  });
});

describe('an answer', () => {
  it('is told in pieces although the server repeats it from the beginning', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ all: 'He' }, { all: 'Hello' }, { all: 'Hello' }, { piece: '!' }, { all: 'Hello! You' });
    say({ all: 'Bye' }, { piece: '.' }, { all: 'Bye.', end: true });
    await done;
    expect(words).toEqual(['He', 'llo', '', '!', ' You', '=Bye', '.', 'end Bye.']);
  });

  it('knows its end what was said beside its pieces', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ tokens: 3 }, { piece: 'a', tokens: 5 }, { end: true });
    await done;
    expect(words).toEqual(['a', 'end  5']);
  });

  it('may take more than one frame to ask for', async () => {
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

describe('an answer that is given up', () => {
  it('is stopped by a frame, and its place is free when the server has ended it', async () => {
    await open({}, 1);
    const { words, abandon } = ask();
    await received(1);
    say({ id: '1', answer: 'A' }, { answer: 'A', piece: 'a' });
    await read();
    abandon();
    abandon();
    connection.free();
    await received(2);
    expect(server.received[1]).toEqual({ stop: 'A', id: '1' });
    expect([connection.isOpen, connection.hasRoom, connection.isIdle]).toEqual([true, false, false]);
    say({ answer: 'A', piece: 'late' }, { answer: 'A', end: true });
    await read();
    expect([connection.hasRoom, connection.isIdle, rooms]).toEqual([true, true, 1]);
    expect(words).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  it('costs the connection when the server does not stop', async () => {
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
      message: expect.stringContaining('does not stop') as string,
    });
  });

  it.each([
    [1, false],
    [3, true],
  ])('without such a frame, among %i: the connection stays open: %s', async (many, stays) => {
    await open({}, many);
    const { abandon } = ask();
    await received(1);
    abandon();
    expect(connection.isOpen).toBe(stays);
  });
});

describe('a connection', () => {
  it('takes no more requests than the protocol allows', async () => {
    await open({ maxInFlight: 2 }, 32);
    ask();
    expect(connection.hasRoom).toBe(true);
    ask();
    expect(connection.hasRoom).toBe(false);
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

  it('that the server will close takes no more requests, and ends with its last answer', async () => {
    await open();
    const { words, done } = ask();
    await received(1);
    say({ bye: true });
    await read();
    expect([connection.isOpen, connection.hasRoom]).toEqual([true, false]);
    say({ id: '1', end: true });
    await done;
    expect(connection.isOpen).toBe(true);
    connection.free();
    expect(connection.isOpen).toBe(false);
    expect(words).toEqual(['end']);
  });

  it('that the server will close ends at once when it is idle', async () => {
    await open();
    say({ bye: true });
    expect(await closed.promise).toMatchObject({ closeCode: 1000 });
  });

  it('is done with before the server ends it for its age', async () => {
    await open({ maxAgeMs: 60_000 });
    clock.advance(59_999);
    connection.beat();
    expect(connection.hasRoom).toBe(true);
    clock.advance(1);
    connection.beat();
    expect(connection.isOpen).toBe(false);
  });

  it('is not pinged where the server answers no pings', async () => {
    await open({ answersPings: false });
    let pings = 0;
    client.on('ping', () => (pings += 1));
    for (let beat = 0; beat < 5; beat += 1) {
      clock.advance(60_000);
      connection.beat();
    }
    await read();
    expect([connection.isOpen, pings]).toEqual([true, 0]);
  });

  it('ends its answers when it is closed, where that is the protocol’s end', async () => {
    await open({ endsOnClose: [1000] });
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ id: '1', piece: 'a' });
    client.close(1000);
    await Promise.all([first.done, second.done]);
    expect([first.words, second.words]).toEqual([['a', 'end'], ['failed connection_closed']]);
  });

  it('says by its close code what went wrong, where the protocol knows', async () => {
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
  ])('reads binary frames where they are text: %j', async (frame, expected) => {
    await open({ binaryText: true });
    const { words, done } = ask();
    await received(1);
    client.send(frame);
    await done;
    expect(words).toEqual(expected);
  });
});
