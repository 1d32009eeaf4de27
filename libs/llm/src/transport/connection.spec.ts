import { once } from 'node:events';
import { type WebSocket } from 'ws';
import { LlmFrameError } from '../errors/answer-errors.js';
import { LlmConnectionClosedError, LlmTimeoutError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type AnswerEvent } from '../protocols/answer-assembly.js';
import { type ProtocolError } from '../protocols/protocol.js';
import { FakeClock } from '../testing/fake-clock.js';
import { ScriptedServer } from '#testing';
import { connectionOn, dialOf, plain, poolContext, streamed } from '../testing/transport-setup.js';
import { afterPoll } from './after-poll.js';
import { type Connection } from './connection.js';
import { dial, type DialedSocket } from './dial/dial.js';
import { type TransportOptions } from './transport-options.js';

/** The texts of one answer; `done` resolves with its last event. */
class Listener {
  readonly texts: string[] = [];
  readonly done = Promise.withResolvers<AnswerEvent | ProtocolError | LlmError>();

  event(event: AnswerEvent | ProtocolError): void {
    if (event.type === 'delta') this.texts.push(event.text);
    else this.done.resolve(event);
  }

  failed(error: LlmError): void {
    this.done.resolve(error);
  }
}

let server: ScriptedServer;
let clock: FakeClock;
let connection: Connection;
let client: WebSocket;
let socket: DialedSocket;
let closed: ReturnType<typeof Promise.withResolvers<LlmError>>;
/** The unknown frames that were passed over, and whether each was the first one. */
let unknown: [detail: string, isFirst: boolean][];

beforeEach(async () => {
  server = await ScriptedServer.start();
  clock = new FakeClock();
});
afterEach(async () => {
  connection.close();
  await server.stop();
});

async function open(options: Partial<TransportOptions> = {}): Promise<void> {
  unknown = [];
  const context = {
    ...poolContext(server.url, options, clock),
    onUnknownFrame: (...frame: (typeof unknown)[number]) => void unknown.push(frame),
  };
  socket = await dial(dialOf(context), context.options, clock, new AbortController().signal);
  closed = Promise.withResolvers<LlmError>();
  connection = connectionOn(socket, context, (_, error) => closed.resolve(error));
  await server.until(({ clients }) => clients.length === 1);
  client = server.clients[0]!;
}

function ask(request = streamed) {
  const listener = new Listener();
  connection.reserve();
  return { listener, ...connection.send(request, listener) };
}
const received = (count: number) => server.until(({ received }) => received.length === count);
const say = (frame: object) => client.send(JSON.stringify(frame));

/** Resolves when all frames of the server have been read: the pong to a later ping has arrived. */
async function read(): Promise<void> {
  client.ping();
  await once(client, 'pong');
}

describe('one request at a time', () => {
  beforeEach(() => open());

  it('delivers pieces and end to the request, then carries the next', async () => {
    const first = ask();
    await received(1);
    say({ chunk: 'a' });
    say({ chunk: 'b' });
    say({ response: 'ab', done: true });
    expect(await first.listener.done.promise).toMatchObject({ type: 'end', text: 'ab' });
    expect(first.listener.texts).toEqual(['a', 'b']);
    connection.release();

    const second = ask(plain);
    await received(2);
    say({ response: 'c' });
    expect(await second.listener.done.promise).toMatchObject({ text: 'c' });
    expect(server.received.map((frame) => frame.request_id)).toEqual([undefined, undefined]);
  });

  it('has capacity for one', () => {
    expect(connection.hasCapacity).toBe(true);
    ask();
    expect([connection.hasCapacity, connection.isIdle]).toEqual([false, false]);
    connection.release();
    expect([connection.hasCapacity, connection.isIdle]).toEqual([true, true]);
  });

  it('is terminated when an answer is abandoned, so that its further frames are lost', async () => {
    const { listener, ...exchange } = ask();
    await received(1);
    say({ chunk: 'a' });
    await read();
    exchange.abandon();
    expect(connection.isOpen).toBe(false);
    await once(client, 'close');
    await closed.promise;
    expect(listener.texts).toEqual(['a']);
  });

  it('stays open when a completed answer is abandoned', async () => {
    const { listener, ...exchange } = ask();
    await received(1);
    say({ response: 'a', done: true });
    await listener.done.promise;
    exchange.abandon();
    expect(connection.isOpen).toBe(true);
  });

  it.each([
    ['a second end', { response: 'a', done: true }],
    ['a late piece', { chunk: 'late' }],
    ['a late error', { error: 'late' }],
  ])('is terminated after %s', async (_, late) => {
    const { listener } = ask();
    await received(1);
    say({ response: 'a', done: true });
    await listener.done.promise;
    say(late);
    expect(await closed.promise).toMatchObject({
      code: 'invalid_frame',
      message: expect.stringContaining('it came after the end of the answer') as string,
    });
    expect(connection.hasCapacity).toBe(false);
  });

  it('ignores frames before the first request, and notices at any time', async () => {
    say({ type: 'welcome' });
    say({ response: 'Welcome!' });
    await read();
    const { listener } = ask();
    await received(1);
    say({ status: 'thinking' });
    say({ response: 'a', done: true });
    expect(await listener.done.promise).toMatchObject({ text: 'a' });
    say({ type: 'bye' });
    await read();
    expect(connection.isOpen).toBe(true);
  });

  it('delivers an error of the server to the request, and stays open', async () => {
    const { listener } = ask();
    await received(1);
    say({ error: 'busy', error_code: 'overloaded' });
    expect(await listener.done.promise).toMatchObject({ type: 'error', error: { code: 'overloaded' } });
    expect(connection.isOpen).toBe(true);
  });

  it.each([
    ['text that is not JSON', () => client.send('ping'), 'it is not JSON: ping'],
    ['two values', () => client.send('{"chunk":"a"}{"chunk":"b"}'), 'it has several JSON values'],
    ['a binary frame', () => client.send(Buffer.from('{}')), 'it is binary'],
    ['text that is not UTF-8', () => client.send(Buffer.of(0xff, 0xfe), { binary: false }), 'invalid UTF-8'],
    ['a frame of another shape', () => say({ chunk: 1 }), 'its "chunk" is not a text'],
  ])('fails the request and is terminated at %s', async (_, send, detail) => {
    const { listener } = ask();
    await received(1);
    send();
    const error = await listener.done.promise;
    expect(error).toBeInstanceOf(LlmFrameError);
    expect((error as LlmError).message.toLowerCase()).toContain(detail.toLowerCase());
    expect(await closed.promise).toBe(error);
  });

  it('passes over unknown frames before the first piece, and between pieces those without a key of an answer', async () => {
    client.send('{"version":1}');
    await read();
    const { listener } = ask();
    await received(1);
    for (const frame of ['{"session_id":"s"}', 'null', '[]', '{}', '{"finish_reason":"none yet"}'])
      client.send(frame);
    say({ chunk: 'a' });
    for (const frame of ['{"heartbeat":1}', '[]', '{"done":false}']) client.send(frame);
    say({ response: 'a', done: true });
    expect(await listener.done.promise).toMatchObject({ text: 'a' });
    client.send('{"heartbeat":1}');
    await read();
    expect(connection.isOpen).toBe(true);
    expect(unknown.map(([, isFirst]) => isFirst)).toEqual([true, ...Array<boolean>(9).fill(false)]);
    expect(unknown[0]![0]).toContain('{"version":1}');
  });

  it('fails the answer at an unknown frame between pieces that may be a part of it', async () => {
    const { listener } = ask();
    await received(1);
    say({ chunk: 'a' });
    say({ finish_reason: 'stop' });
    expect(await listener.done.promise).toMatchObject({
      code: 'invalid_frame',
      message: expect.stringContaining('{"finish_reason":"stop"}') as string,
    });
  });

  it('is terminated at an unknown frame after an answer that may be a part of one', async () => {
    const { listener } = ask();
    await received(1);
    say({ response: 'a' });
    await listener.done.promise;
    say({ finish_reason: 'stop' });
    expect(await closed.promise).toMatchObject({ code: 'invalid_frame' });
  });

  it.each([
    [1001, 'connection_closed', 'anywhere'],
    [1008, 'policy_violation', 'never'],
    [1011, 'internal_error', 'elsewhere'],
    [1013, 'overloaded', 'anywhere'],
    [4000, 'connection_closed', 'anywhere'],
  ])('fails the request when the server closes with %i', async (closeCode, code, scope) => {
    const { listener } = ask();
    await received(1);
    client.close(closeCode, 'because');
    expect(await listener.done.promise).toMatchObject({ closeCode, code, scope });
    expect((await closed.promise).message).toContain('because');
  });

  it('fails the request when the connection is reset', async () => {
    const { listener } = ask();
    await received(1);
    client.terminate();
    expect(await listener.done.promise).toMatchObject({ closeCode: 1006, code: 'connection_closed' });
  });

  it('fails requests in flight when it is closed, and later ones', async () => {
    const { listener } = ask();
    await received(1);
    connection.close();
    expect(await listener.done.promise).toBeInstanceOf(LlmConnectionClosedError);
    expect(await ask().listener.done.promise).toBeInstanceOf(LlmConnectionClosedError);
    await once(client, 'close');
  });

  it('has no capacity during the close handshake', async () => {
    socket.webSocket.close(1000);
    expect([connection.isOpen, connection.hasCapacity]).toEqual([true, false]);
    await closed.promise;
  });

  it('stays usable if a request cannot be encoded', async () => {
    const listener = new Listener();
    const odd = { ...streamed, metadata: { big: 1n } };
    expect(() => connection.send(odd, listener)).toThrow(TypeError);
    const { listener: next } = ask();
    await received(1);
    say({ response: 'a', done: true });
    expect(await next.done.promise).toMatchObject({ text: 'a' });
  });
});

describe('a server that adds answer ids of its own', () => {
  beforeEach(() => open());

  /** Sends a request and answers with these frames; returns the texts and the last event. */
  const exchange = async (...frames: object[]): Promise<string> => {
    const { listener } = ask();
    for (const frame of frames) client.send(JSON.stringify(frame));
    const last = await listener.done.promise;
    connection.release();
    const outcome = 'type' in last ? last.type : last.code;
    return [...listener.texts, outcome].join(' ');
  };

  it('is accepted if all frames of an answer have the same id, different from the previous one', async () => {
    expect(await exchange({ chunk: 'a', request_id: '1' }, { done: true, request_id: '1' })).toBe('a end');
    expect(await exchange({ chunk: 'b', request_id: '2' }, { done: true, request_id: '2' })).toBe('b end');
  });

  it('is rejected if an answer has the id of the previous one', async () => {
    await exchange({ chunk: 'a', request_id: '1' }, { done: true, request_id: '1' });
    expect(await exchange({ chunk: 'late', request_id: '1' })).toBe('connection_closed');
    expect(connection.isOpen).toBe(false);
  });

  it.each([
    ['another id', { chunk: 'a', request_id: '1' }, { chunk: 'x', request_id: '2' }],
    ['a first id', { chunk: 'a' }, { response: 'x', done: true, request_id: '2' }],
    ['no id any more', { chunk: 'a', request_id: '1' }, { chunk: 'x' }],
  ])('is rejected with %s in the middle of an answer', async (_, first, second) => {
    expect(await exchange(first, second)).toBe('a invalid_frame');
    expect(connection.isOpen).toBe(false);
  });

  it('is rejected if a later answer is the first one with an id', async () => {
    await exchange({ chunk: 'a' }, { done: true });
    expect(await exchange({ response: 'x', done: true, request_id: '9' })).toBe('invalid_frame');
  });

  it('may omit the id in an error', async () => {
    expect(await exchange({ chunk: 'a', request_id: '1' }, { error: true, error_code: 'overloaded' })).toBe(
      'a error',
    );
  });
});

describe('limits', () => {
  it('terminate the connection at a frame that is too large', async () => {
    await open({ maxFrameBytes: 1_000 });
    const { listener } = ask();
    await received(1);
    say({ chunk: 'x'.repeat(1_000) });
    expect(await listener.done.promise).toMatchObject({
      code: 'invalid_frame',
      message: expect.stringContaining('Max payload size exceeded') as string,
    });
  });

  it('terminate the connection to a peer that does not read', async () => {
    await open({ maxUnsentBytes: 100_000 });
    client.pause();
    const { listener } = ask({ ...streamed, message: 'x'.repeat(20_000_000) });
    expect(await listener.done.promise).toMatchObject({
      message: expect.stringContaining('the peer does not read') as string,
    });
  });
});

describe('several requests at a time', () => {
  beforeEach(() => open({ requestsPerConnection: 3 }));

  it('delivers interleaved frames by request id', async () => {
    const requests = [ask(), ask(), ask()];
    expect(connection.hasCapacity).toBe(false);
    await received(3);
    const ids = server.received.map((frame) => frame.request_id);
    expect(new Set(ids).size).toBe(3);
    for (const piece of ['x', 'y']) {
      for (const [index, request_id] of ids.entries()) say({ request_id, chunk: `${index}${piece}` });
    }
    for (const request_id of [...ids].reverse()) say({ request_id, done: true });
    await Promise.all(requests.map(({ listener }) => listener.done.promise));
    expect(requests.map(({ listener }) => listener.texts)).toEqual([
      ['0x', '0y'],
      ['1x', '1y'],
      ['2x', '2y'],
    ]);
  });

  it('keeps the connection when an answer is abandoned, and drops its frames', async () => {
    const first = ask();
    await received(1);
    first.abandon();
    const second = ask();
    await received(2);
    const [old, young] = server.received.map((frame) => frame.request_id);
    say({ request_id: old, chunk: 'stale' });
    say({ request_id: young, chunk: 'fresh' });
    say({ request_id: old, done: true });
    say({ request_id: young, done: true });
    await second.listener.done.promise;
    expect([first.listener.texts, second.listener.texts]).toEqual([[], ['fresh']]);
    expect(connection.isOpen).toBe(true);
  });

  const late = new LlmTimeoutError('first_token', 1_000, 'x');
  const stalled = new LlmTimeoutError('idle', 1_000, 'x');
  const tooLong = new LlmTimeoutError('total', 1_000, 'x');

  it('takes no more requests after a timeout without a byte received', async () => {
    const [first, second] = [ask(), ask()];
    await received(2);
    first.abandon(late);
    expect([connection.hasCapacity, connection.isOpen]).toEqual([false, true]);
    second.abandon(late);
    expect(connection.isOpen).toBe(false);
  });

  it('takes more requests after a timeout during which bytes were received', async () => {
    const [first, second] = [ask(), ask()];
    await received(2);
    say({ request_id: server.received[1]!.request_id, done: true });
    await second.listener.done.promise;
    first.abandon(late);
    expect([connection.hasCapacity, connection.isOpen]).toEqual([true, true]);
  });

  it.each([
    ['takes no more requests when an answer stalled without a byte received', stalled, false, false],
    ['takes more requests when an answer stalled while bytes were received', stalled, true, true],
    ['takes more requests when an answer took too long although it continued', tooLong, false, true],
  ])('%s', async (_, why, receivesMore, takesMore) => {
    const [first] = [ask(), ask()];
    await received(2);
    say({ request_id: server.received[0]!.request_id, chunk: 'x' });
    await read();
    say({ request_id: server.received[0]!.request_id, chunk: 'y' });
    while (first.listener.texts.length < 2) await new Promise(setImmediate);
    if (receivesMore) await read();
    first.abandon(why);
    expect([connection.hasCapacity, connection.isOpen]).toEqual([takesMore, true]);
  });

  it('drops frames with an unknown id', async () => {
    const { listener } = ask();
    await received(1);
    say({ request_id: 'unknown', chunk: 'secret' });
    say({ request_id: server.received[0]!.request_id, done: true });
    await listener.done.promise;
    expect(listener.texts).toEqual([]);
  });

  it.each([1, 2])('fails if a frame has no id, with %i in flight', async (count) => {
    const requests = Array.from({ length: count }, () => ask());
    await received(count);
    say({ chunk: 'without id' });
    for (const { listener } of requests) {
      expect(await listener.done.promise).toMatchObject({
        code: 'invalid_frame',
        message: expect.stringContaining('it has no request_id') as string,
      });
      expect(listener.texts).toEqual([]);
    }
  });

  it('drops the frames of an abandoned answer if they have no id', async () => {
    const first = ask();
    await received(1);
    first.abandon();
    const second = ask();
    await received(2);
    say({ chunk: 'of the first' });
    expect(await second.listener.done.promise).toBeInstanceOf(LlmFrameError);
    expect(second.listener.texts).toEqual([]);
  });
});

describe('heartbeat', () => {
  beforeEach(() => open({ pingTimeoutMs: 100 }));

  it('pings, and keeps the connection while anything is received', async () => {
    for (let count = 0; count < 5; count += 1) {
      const pinged = once(client, 'ping');
      clock.advance(90);
      connection.heartbeat();
      await pinged;
      await read();
    }
    expect(connection.isOpen).toBe(true);
  });

  it('keeps the connection of a peer that streams but answers no ping', async () => {
    const { listener } = ask();
    await received(1);
    Object.assign(client, { _autoPong: false });
    for (let count = 0; count < 4; count += 1) {
      say({ chunk: `${count}` });
      await read();
      clock.advance(99);
      connection.heartbeat();
    }
    expect(listener.texts).toHaveLength(4);
    expect(connection.isOpen).toBe(true);
  });

  it('terminates an idle connection on which nothing arrives after a ping, at the limit', async () => {
    client.pause();
    connection.heartbeat();
    clock.advance(50);
    connection.heartbeat();
    clock.advance(49);
    await afterPoll();
    expect(connection.isOpen).toBe(true);
    clock.advance(1);
    await afterPoll();
    await afterPoll();
    expect(connection.endError).toMatchObject({
      code: 'connection_closed',
      message: expect.stringContaining('answered no ping') as string,
    });
  });

  it('keeps the connection of a silent peer while an answer is awaited, and judges it again afterwards', async () => {
    const { listener } = ask();
    await received(1);
    client.pause();
    for (let count = 0; count < 50; count += 1) {
      connection.heartbeat();
      clock.advance(1_000);
      await afterPoll();
    }
    expect(connection.isOpen).toBe(true);
    client.resume();
    say({ response: 'at last', done: true });
    await listener.done.promise;
    connection.release();
    await read();
    client.pause();
    connection.heartbeat();
    clock.advance(100);
    await afterPoll();
    await afterPoll();
    expect(connection.isOpen).toBe(false);
  });

  it('does not judge a ping during whose limit a request began', async () => {
    client.pause();
    connection.heartbeat();
    const { listener } = ask();
    clock.advance(100);
    await afterPoll();
    await afterPoll();
    expect(connection.isOpen).toBe(true);
    client.resume();
    say({ response: 'at last', done: true });
    await listener.done.promise;
  });
});
