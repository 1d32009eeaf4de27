import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { ask, GuideClient } from '../test/guide-client.js';
import { type Behavior } from './behavior/behavior.js';
import { MockLlm } from './mock-llm.js';

let mock: MockLlm;
let client: GuideClient;
const chunk = (n: number) => `{"chunk":"${n === 1 ? '' : ' '}w${n}"}`;
const reply = 'w1 w2 w3 w4';
const streamed = ask('hi', { stream: true });

beforeEach(async () => {
  mock = await MockLlm.start({ behavior: { reply } });
  client = await GuideClient.open(mock.url);
});
afterEach(() => mock.stop());

/** All frames of a connection that the mock ends. */
async function endedBy(change: Partial<Behavior>, request = streamed) {
  mock.behave(change);
  client.send(request);
  return client.untilClosed();
}

/** Frames until the mock sends no more; it still answers pings. */
async function quietAfter(change: Partial<Behavior>, request = streamed): Promise<string[]> {
  mock.behave(change);
  client.send(request);
  await mock.waitFor(({ requestsReceived }) => requestsReceived === 1);
  client.ws.ping();
  await once(client.ws, 'pong');
  return client.received.map(({ data }) => data.toString());
}

/** The response to the handshake of a new client. */
async function handshake(headers: Record<string, string> = {}, url = mock.url) {
  const ws = new WebSocket(url, { headers });
  ws.on('error', () => undefined);
  const [, response] = (await once(ws, 'unexpected-response')) as [
    unknown,
    import('node:http').IncomingMessage,
  ];
  response.resume();
  return { status: response.statusCode, retryAfter: response.headers['retry-after'] };
}

async function connectError(): Promise<string | undefined> {
  const ws = new WebSocket(mock.url);
  const [error] = (await once(ws, 'error')) as [NodeJS.ErrnoException];
  return error.code;
}

describe('a configured end', () => {
  const error =
    '{"error":true,"error_code":"rate_limited","error_message":"Too many requests, slow down.","retry_after":2}';

  it.each([
    ['before the first token', streamed, 0, []],
    ['after two tokens', streamed, 2, [chunk(1), chunk(2)]],
    ['at the end, if the answer is shorter', streamed, 99, [chunk(1), chunk(2), chunk(3), chunk(4)]],
    ['in place of a whole answer', ask('hi'), 2, []],
  ])('sends an error frame %s', async (_, request, afterTokens, before) => {
    const frames = await quietAfter({ errorCode: 'rate_limited', retryAfter: 2, afterTokens }, request);
    expect(frames).toEqual([...before, error]);
    expect(mock.requests[0]?.outcome).toBe('error');
  });

  it('writes the error as a string', async () => {
    const frames = await quietAfter({ errorCode: 'overloaded', errorMessage: 'busy', errorStyle: 'string' });
    expect(frames).toEqual(['{"error":"busy","error_code":"overloaded"}']);
  });

  it.each([
    ['a close code', { closeCode: 1013, closeReason: 'busy', afterTokens: 1 }, [chunk(1)], 1013, 'busy'],
    ['a close without a code', { closeCode: 1005 }, [], 1005, ''],
    [
      'a connection that ends without a close frame',
      { closeCode: 1006, afterTokens: 1 },
      [chunk(1)],
      1006,
      '',
    ],
    ['a TCP reset', { cut: 'reset', afterTokens: 2 }, [chunk(1), chunk(2)], 1006, ''],
    ['a TCP end', { cut: 'end', afterTokens: 2 }, [chunk(1), chunk(2)], 1006, ''],
    ['a truncated stream', { truncate: true }, [chunk(1), chunk(2), chunk(3), chunk(4)], 1000, ''],
    ['a crash of the server', { downForMs: 60_000, afterTokens: 2 }, [chunk(1), chunk(2)], 1006, ''],
  ] as const)('makes %s', async (_, change, frames, code, reason) => {
    expect(await endedBy(change)).toEqual({ frames, code, reason });
    expect(mock.requests[0]?.outcome).toBe('broken');
  });

  it.each([
    ['reset', 'ECONNRESET'],
    ['end', undefined],
  ] as const)('cuts the TCP connection by %s', async (cut, code) => {
    await endedBy({ cut, afterTokens: 1 });
    expect(client.socketError).toBe(code);
  });
});

describe('configured silence', () => {
  it.each([
    ['stalls after two tokens', { stall: true, afterTokens: 2 }, streamed, [chunk(1), chunk(2)]],
    ['stalls before a whole answer', { stall: true, afterTokens: 2 }, ask('hi'), []],
    ['never answers', { silence: true, afterTokens: 2 }, streamed, []],
  ])('%s, and answers pings', async (_, change, request, frames) => {
    expect(await quietAfter(change, request)).toEqual(frames);
    expect(mock.requests[0]?.outcome).toBe('pending');
  });

  it('freezes: no pongs, nothing read, until reset', async () => {
    mock.behave({ freeze: true, afterTokens: 1 });
    client.send(streamed);
    expect(await client.next()).toEqual({ chunk: 'w1' });
    const pongs: unknown[] = [];
    client.ws.on('pong', () => pongs.push(1));
    client.ws.ping();
    client.send(streamed);
    // The answer on a second connection proves that the event loop of the mock has run.
    const other = await GuideClient.open(mock.url);
    mock.behave({ freeze: false });
    await other.answer(streamed);
    expect(pongs).toEqual([]);
    expect(mock.requestsReceived).toBe(2);
    await mock.reset();
    expect((await client.closed).code).toBe(1006);
    await mock.waitFor(({ connections }) => connections === 1);
  });

  it('never reads from a socket', async () => {
    mock.behave({ neverRead: true });
    const unread = await GuideClient.open(mock.url);
    unread.send(streamed);
    await client.answer(streamed);
    expect(mock.requestsReceived).toBe(1);
    mock.dropConnections();
    expect((await unread.closed).code).toBe(1006);
  });
});

describe('configured garbage, after which the answer continues', () => {
  it.each([
    ['not-json', ['<html><body>502 Bad Gateway</body></html>']],
    ['wrong-shape', ['[1,2,3]', 'null', '{"chunk":{"nested":true},"response":42,"error":null}']],
    ['proto-keys', ['{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}']],
  ] as const)('%s', async (garbage, frames) => {
    const received = await quietAfter({ garbage, afterTokens: 1 });
    expect(received.slice(0, -1)).toEqual([chunk(1), ...frames, chunk(2), chunk(3), chunk(4)]);
    expect(received.at(-1)).toContain('"done":true');
  });

  it('a binary frame', async () => {
    await quietAfter({ garbage: 'binary' });
    expect(client.received.map(({ isBinary }) => isBinary)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('frames of a request that is not the client’s', async () => {
    const [first, second] = await quietAfter(
      { garbage: 'foreign-request' },
      ask('hi', { request_id: 'mine' }),
    );
    expect(first).toContain('"request_id":"not-a-request-of-yours"');
    expect(second).toContain('"done":true');
  });

  it.each([
    ['invalid-utf8', 'WS_ERR_INVALID_UTF8'],
    ['bad-frame', 'WS_ERR_INVALID_OPCODE'],
    ['fragments', 'WS_ERR_TOO_MANY_BUFFERED_PARTS'],
  ] as const)('%s, which ws rejects itself', async (garbage, code) => {
    const failed = once(client.ws, 'error') as Promise<[NodeJS.ErrnoException]>;
    mock.behave({ garbage, afterTokens: 1 });
    client.send(streamed);
    expect((await failed)[0].code).toBe(code);
    expect(client.received[0]?.data.toString()).toBe(chunk(1));
  });

  it.each([
    ['streamed', streamed],
    ['whole', ask('hi')],
  ])('an oversize frame (%s)', async (_, request) => {
    const [frame] = await quietAfter({ oversizeBytes: 100_000 }, request);
    expect(frame).toHaveLength(100_000 + '{"chunk":""}'.length);
  });

  it('too much after the end', async () => {
    const frames = await quietAfter({ duplicateEnd: true, extraFrames: 2, finalWithoutResponse: true });
    expect(frames[4]).toContain('"done":true');
    expect(frames[4]).not.toContain('"response"');
    expect(frames[5]).toBe(frames[4]);
    expect(frames.slice(6)).toEqual(['{"chunk":" late 1"}', '{"chunk":" late 2"}']);
  });

  it('a whole answer although streaming was asked for', async () => {
    mock.behave({ ignoreStream: true });
    const { chunks, final } = await client.answer(streamed);
    expect(chunks).toEqual([]);
    expect(final).toMatchObject({ response: reply });
    expect(final).not.toHaveProperty('done');
  });
});

describe('the configured handshake', () => {
  it.each([401, 403, 429, 503])('refuses with %i', async (refuse) => {
    mock.behave({ refuse, retryAfter: 1.5 });
    expect(await handshake()).toEqual({ status: refuse, retryAfter: '2' });
    expect(mock.connectionsAccepted).toBe(1);
  });

  it('requires a key', async () => {
    mock.behave({ apiKey: 'secret' });
    expect(await handshake()).toMatchObject({ status: 401 });
    expect(await handshake({ Authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    await GuideClient.open(mock.url, { Authorization: 'Bearer secret' });
  });

  it('accepts only its path, and a bounded number of connections', async () => {
    expect(await handshake({}, mock.url.replace('/chat', '/other'))).toMatchObject({ status: 404 });
    mock.behave({ maxConnections: 1 });
    expect(await handshake()).toMatchObject({ status: 503 });
    client.ws.close();
    await mock.waitFor(({ connections }) => connections === 0);
    await GuideClient.open(mock.url);
  });

  it('hangs', async () => {
    mock.behaveOnce({ hangHandshake: true });
    const { hostname, port } = new URL(mock.url);
    const socket = connect(Number(port), hostname);
    const bytes: Buffer[] = [];
    socket.on('data', (data: Buffer) => bytes.push(data));
    socket.write('GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    socket.write('Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
    await once(socket, 'connect');
    await client.answer(streamed);
    await client.answer(streamed);
    expect(bytes).toEqual([]);
    const closed = once(socket, 'close');
    await mock.stop();
    await closed;
  });

  it('greets', async () => {
    mock.behave({ greet: true });
    const greeted = await GuideClient.open(mock.url);
    expect(await greeted.next()).toMatchObject({ type: 'welcome' });
  });
});

describe('a client that does not read', () => {
  it('pauses its answer, and then receives all of it', async () => {
    // Far more than the system's buffers and one burst hold: 40 MB.
    const tokens = 4_000;
    mock.behave({ reply: ' '.repeat(10_000), tokens });
    client.ws.pause();
    client.send(ask('hi', { stream: true }));
    await mock.waitFor(({ requestsReceived }) => requestsReceived === 1);
    mock.behave({ tokens: 5 });
    const other = await GuideClient.open(mock.url);
    for (let i = 0; i < 20; i++) await other.answer(streamed);
    const sent = mock.requests[0]?.tokensSent ?? 0;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(tokens);
    client.ws.resume();
    await mock.waitFor(({ requests }) => requests[0]?.outcome === 'finished');
    while ((await client.next()).done !== true);
    expect(client.received).toHaveLength(tokens + 1);
  });
});

describe('limited changes', () => {
  it('apply to the next requests only', async () => {
    mock.behaveOnce({ errorCode: 'overloaded' }, 2);
    mock.behaveOnce({ errorCode: 'internal_error' });
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await client.answer(ask('hi'))).final.error_code);
    expect(codes).toEqual(['overloaded', 'overloaded', 'internal_error', undefined]);
  });

  it('of handshake settings apply to handshakes', async () => {
    mock.behaveOnce({ refuse: 503 });
    expect((await client.answer(ask('hi'))).final.response).toBe(reply);
    expect(await handshake()).toMatchObject({ status: 503 });
    await GuideClient.open(mock.url);
  });

  it('are rejected if they are invalid', () => {
    expect(() => mock.behave({ afterTokens: -1, cut: 'off' } as unknown as Partial<Behavior>)).toThrow(
      'Invalid behavior:\n  afterTokens: must be a whole number, 0 to 10000000\n  cut: must be reset | end; null: off',
    );
  });
});

describe('the whole server', () => {
  it('goes down, refuses connections, and comes up on the same address', async () => {
    const { url } = mock;
    await mock.goDown();
    expect((await client.closed).code).toBe(1006);
    expect(mock.isDown).toBe(true);
    expect(await connectError()).toBe('ECONNREFUSED');
    await mock.comeUp();
    expect(mock.url).toBe(url);
    await GuideClient.open(url);
  });

  it('comes up by itself after a configured time', async () => {
    await mock.goDown(1);
    await mock.waitFor(({ isDown }) => !isDown);
    await GuideClient.open(mock.url);
  });

  it.each([
    [{}, 1001],
    [{ code: 1012 }, 1012],
    [{ code: 'reset' as const }, 1006],
  ])('drops connections %j', async (how, code) => {
    mock.behave({ stall: true });
    client.send(streamed);
    await mock.waitFor(({ requestsReceived }) => requestsReceived === 1);
    expect(mock.dropConnections(how)).toBe(1);
    expect((await client.closed).code).toBe(code);
    await mock.waitFor(({ requests }) => requests[0]?.outcome === 'broken');
    await GuideClient.open(mock.url);
  });

  it('has its initial state after a reset', async () => {
    await client.answer(ask('hi'));
    mock.behave({ silence: true, refuse: 503 });
    mock.behaveOnce({ errorCode: 'overloaded' });
    await mock.goDown();
    await mock.reset();
    expect(mock.isDown).toBe(false);
    expect(mock.requests).toEqual([]);
    client = await GuideClient.open(mock.url);
    expect((await client.answer(ask('hi'))).final.response).toBe(reply);
    await GuideClient.open(mock.url);
  });

  it('releases all resources when stopped while answering', async () => {
    await mock.stop();
    await client.closed;
    const before = openHandles();
    mock = await MockLlm.start({ behavior: { tokensPerSecond: 10 } });
    client = await GuideClient.open(mock.url);
    client.send(streamed);
    await client.next();
    mock.behave({ serviceTimeMs: 60_000 });
    client.send({ ...streamed, request_id: 'late' });
    mock.behaveOnce({ neverRead: true });
    const unread = await GuideClient.open(mock.url);
    await mock.waitFor(({ requestsReceived }) => requestsReceived === 2);
    const waiting = expect(mock.waitFor(() => false)).rejects.toThrow('stopped');
    expect(openHandles().length).toBeGreaterThan(before.length);

    await mock.stop();
    await Promise.all([waiting, client.closed, unread.closed]);
    await mock.waitFor(({ connections }) => connections === 0);
    expect(openHandles()).toEqual(before);
    expect(mock.requests.map(({ outcome }) => outcome)).toEqual(['broken', 'broken']);
    await mock.stop();
    await expect(mock.comeUp()).rejects.toThrow('stopped');
  });
});

function openHandles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|Timeout|Immediate)/.test(name));
}

describe('configured unsolicited frames', () => {
  const end = { done: true, finish_reason: 'completed' };

  /** The first frames of a new client, parsed. */
  async function frames(count: number, request?: object): Promise<Record<string, unknown>[]> {
    const other = await GuideClient.open(mock.url);
    if (request !== undefined) other.send(request);
    const got = [];
    while (got.length < count) got.push(await other.next());
    return got;
  }

  it.each([0, 20])('greets with an answer, %d ms after the connection', async (greetDelayMs) => {
    mock.behave({ greetAnswer: 'Welcome!', greetDelayMs });
    expect(await frames(1)).toEqual([{ response: 'Welcome!' }]);
    expect(mock.requestsReceived).toBe(0);
  });

  it('delays the ordinary greeting, too', async () => {
    mock.behave({ greet: true, greetAnswer: 'Hi', greetDelayMs: 5 });
    expect(await frames(2)).toMatchObject([{ type: 'welcome' }, { response: 'Hi' }]);
  });

  it.each([0, 20])('sends the end again, %d ms later', async (duplicateEndDelayMs) => {
    mock.behave({ duplicateEnd: true, duplicateEndDelayMs });
    const [first, second] = (await frames(6, streamed)).slice(4);
    expect(first).toMatchObject({ ...end, response: reply });
    expect(second).toEqual(first);
  });

  it.each([0, 20])('sends an end after an error, %d ms later', async (errorEndDelayMs) => {
    mock.behave({ errorCode: 'overloaded', errorEnd: true, errorEndDelayMs });
    const got = await frames(2, { ...streamed, request_id: 'r' });
    expect(got).toMatchObject([
      { error: true, request_id: 'r' },
      { ...end, request_id: 'r' },
    ]);
    expect(got[1]).not.toHaveProperty('response');
  });

  it.each([0, 20])('sends chunks after the end, %d ms later', async (extraFramesDelayMs) => {
    mock.behave({ extraFrames: 2, extraFramesDelayMs });
    expect((await frames(7, streamed)).slice(4)).toMatchObject([
      end,
      { chunk: ' late 1' },
      { chunk: ' late 2' },
    ]);
  });

  it('answers the next request before a delayed frame', async () => {
    mock.behave({ duplicateEnd: true, duplicateEndDelayMs: 60_000 });
    expect((await client.answer(streamed)).chunks).toHaveLength(4);
    expect((await client.answer(streamed)).chunks).toHaveLength(4);
  });

  it('answers without text, despite other settings', async () => {
    mock.behave({ emptyAnswer: true, tokens: 7, finishReason: 'odd' });
    const [final] = await frames(1, streamed);
    expect(final).toMatchObject({ response: '', done: true, finish_reason: 'odd' });
    expect((await frames(1, ask('hi')))[0]).toMatchObject({ response: '', finish_reason: 'odd' });
  });
});
