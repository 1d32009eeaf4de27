import { MockLlm } from '#mock-llm';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { SilentServer } from '../testing/silent-server.js';
import { plain, streamed } from '../testing/transport-setup.js';
import { LlmClient } from './llm-client.js';
import { type AttemptRecord } from './llm-event.js';

let mock: MockLlm;
let client: LlmClient;
let caller: AbortController;

beforeEach(async () => {
  mock = await MockLlm.start({ behavior: { tokens: 1_000, tokensPerSecond: 500 } });
  client = new LlmClient(clientOptions([[mock.url]], { transport: { maxConnections: 1 } }));
  caller = new AbortController();
});
afterEach(async () => {
  client.close();
  await mock.stop();
});

const askWithSignal = (request = streamed) => collectAnswer(client, request, { signal: caller.signal });
const requestsReceived = (count: number) =>
  mock.waitFor(({ requestsReceived }) => requestsReceived === count);
const noConnections = () => mock.waitFor(({ connections }) => connections === 0);

describe('an abort', () => {
  it('before the request prevents it', async () => {
    caller.abort();
    const { error, attempts } = await askWithSignal();
    expect(error).toBeInstanceOf(LlmCancelledError);
    expect(attempts).toEqual([]);
    expect(mock.connectionsAccepted).toBe(0);
  });

  it('in the queue removes the request, and does not affect others', async () => {
    const other = collectAnswer(client, streamed);
    await requestsReceived(1);
    const waiting = askWithSignal();
    expect(client.state[0]).toMatchObject({ queued: 1 });
    caller.abort(new Error('enough'));
    const { error, attempts } = await waiting;
    expect(error).toBeInstanceOf(LlmCancelledError);
    expect(error).toMatchObject({ code: 'cancelled', cause: { message: 'enough' } });
    expect(attempts).toMatchObject([{ outcome: 'cancelled', errorCode: 'cancelled' }]);
    expect(client.state[0]).toMatchObject({ queued: 0, inFlight: 1 });
    client.close();
    await other;
    expect(mock.requestsReceived).toBe(1);
  });

  it('while connecting ends the connection attempt', async () => {
    const silent = await SilentServer.start();
    client = new LlmClient(clientOptions([[silent.url]], { transport: { connectTimeoutMs: 60_000 } }));
    const waiting = askWithSignal();
    await silent.connected;
    caller.abort();
    expect((await waiting).error).toBeInstanceOf(LlmCancelledError);
    await silent.disconnected;
    expect(client.state[0]).toMatchObject({ connecting: 0, queued: 0, lastError: undefined });
    await silent.stop();
  });

  it('during a backoff ends it', async () => {
    mock.behave({ errorCode: 'rate_limited', retryAfter: 20 });
    const waiting = askWithSignal();
    await mock.waitFor(({ requests }) => requests[0]?.outcome === 'error');
    while (client.state[0]!.inFlight > 0) await new Promise(setImmediate);
    caller.abort();
    const { error, attempts } = await waiting;
    expect(error).toBeInstanceOf(LlmCancelledError);
    expect(attempts).toMatchObject([{ errorCode: 'rate_limited' }]);
  });

  it.each([
    ['before the first token', { silence: true }, streamed],
    ['before a plain answer', { silence: true }, plain],
  ])('%s closes the connection', async (_, behavior, request) => {
    mock.behave(behavior);
    const waiting = askWithSignal(request);
    await requestsReceived(1);
    caller.abort();
    expect((await waiting).error).toBeInstanceOf(LlmCancelledError);
    await noConnections();
    expect(mock.requests[0]!.outcome).not.toBe('finished');
    expect(client.state[0]).toMatchObject({ inFlight: 0, breaker: 'closed', lastError: undefined });
  });

  it('in mid-stream closes the connection, and the next request gets its own answer', async () => {
    let deltas = 0;
    const { error, attempts } = await collectAnswer(client, streamed, { signal: caller.signal }, (event) => {
      if (event.type === 'delta' && ++deltas === 3) caller.abort();
    });
    expect(error).toBeInstanceOf(LlmCancelledError);
    expect(attempts).toMatchObject([{ outcome: 'cancelled' }]);
    expect(deltas).toBe(3);
    await noConnections();
    expect(mock.requests[0]!.outcome).toBe('abandoned');
    mock.behave({ tokens: null, reply: 'mine', tokensPerSecond: 0 });
    expect(await client.complete(plain)).toMatchObject({ text: 'mine' });
  });

  it('closes the connection while the reader has not yet read on', async () => {
    const answer = client.stream(streamed, { signal: caller.signal });
    await answer.next();
    caller.abort();
    await noConnections();
    expect(await answer.next()).toMatchObject({
      value: { type: 'attempt', attempt: { outcome: 'cancelled' } },
    });
    await expect(answer.next()).rejects.toBeInstanceOf(LlmCancelledError);
  });

  it('discards the deltas that were already received', async () => {
    mock.behave({ tokensPerSecond: 0 });
    const answer = client.stream(streamed, { signal: caller.signal });
    await answer.next();
    caller.abort();
    const next = await answer.next().catch((error: unknown) => error);
    expect(next).toMatchObject({ value: { type: 'attempt', attempt: { outcome: 'cancelled' } } });
    await expect(answer.next()).rejects.toBeInstanceOf(LlmCancelledError);
  });

  it('on a shared connection discards the rest of the answer and keeps the connection', async () => {
    client = new LlmClient(
      clientOptions([[mock.url]], { transport: { requestsPerConnection: 4, maxConnections: 1 } }),
    );
    await collectAnswer(client, streamed, { signal: caller.signal }, (event) => {
      if (event.type === 'delta') caller.abort();
    });
    mock.behave({ tokens: null, reply: 'mine', tokensPerSecond: 0 });
    expect(await client.complete(streamed)).toMatchObject({ text: 'mine' });
    expect(mock.connectionsAccepted).toBe(1);
  });
});

describe('a reader that leaves the loop', () => {
  it('closes the connection, and the attempt is emitted as cancelled', async () => {
    const seen: AttemptRecord[] = [];
    client.observer.on('attempt', (attempt) => seen.push(attempt));
    for await (const event of client.stream(streamed)) if (event.type === 'delta') break;
    await noConnections();
    expect(client.state[0]).toMatchObject({ inFlight: 0 });
    expect(seen).toMatchObject([{ outcome: 'cancelled', errorCode: 'cancelled' }]);
  });

  it('after the end releases the connection for the next request', async () => {
    mock.behave({ tokens: 2 });
    for await (const event of client.stream(streamed)) if (event.type === 'end') break;
    await client.complete(plain);
    expect(mock.connectionsAccepted).toBe(1);
  });
});

describe('close', () => {
  it('cancels open requests, queued requests and later requests', async () => {
    mock.behave({ silence: true });
    const inFlight = collectAnswer(client, streamed);
    await requestsReceived(1);
    const queued = collectAnswer(client, streamed);
    client.close();
    client.close();
    for (const { error } of await Promise.all([inFlight, queued, collectAnswer(client, streamed)])) {
      expect(error).toBeInstanceOf(LlmCancelledError);
    }
    await noConnections();
    expect(mock.connectionsAccepted).toBe(1);
  });

  it('ends a backoff without answering with the fallback reply', async () => {
    mock.behave({ errorCode: 'rate_limited', retryAfter: 20 });
    client = new LlmClient(clientOptions([[mock.url]], { fallbackReply: 'Sorry.' }));
    const waiting = collectAnswer(client, streamed);
    await mock.waitFor(({ requests }) => requests[0]?.outcome === 'error');
    while (client.state[0]!.inFlight > 0) await new Promise(setImmediate);
    client.close();
    expect(await waiting).toMatchObject({ text: '', error: { code: 'cancelled' } });
  });
});
