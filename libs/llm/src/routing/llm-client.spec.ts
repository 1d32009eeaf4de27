import { MockLlm } from '#mock-llm';
import { systemClock, type Clock } from '../clock.js';
import { LlmServerError, LlmUnavailableError } from '../errors/answer-errors.js';
import { LlmQueueFullError } from '../errors/connection-errors.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { FakeClock } from '../testing/fake-clock.js';
import { ScriptedServer } from '#testing';
import { plain, streamed } from '../testing/transport-setup.js';
import { type LlmClientOptions } from './llm-options.js';
import { LlmClient } from './llm-client.js';

const reply = 'w1 w2 w3 w4';
let a: MockLlm;
let b: MockLlm;
let client: LlmClient;

beforeEach(async () => {
  [a, b] = await Promise.all([
    MockLlm.start({ behavior: { reply } }),
    MockLlm.start({ behavior: { reply: 'from b' } }),
  ]);
});
afterEach(async () => {
  client.close();
  await Promise.all([a.stop(), b.stop()]);
});

/** Creates a client with these routes, one endpoint each unless nested. */
function ask(
  routes: readonly (MockLlm | readonly MockLlm[])[],
  more?: Partial<LlmClientOptions>,
  clock: Clock = systemClock,
): void {
  const urls = routes.map((route) => [route].flat().map(({ url }) => url));
  client = new LlmClient(clientOptions(urls, more), { clock, random: Math.random });
}

describe('an answer', () => {
  it('arrives in pieces and is complete at the end', async () => {
    ask([a]);
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: reply, deltas: 4, restarts: [], error: undefined });
    expect(result.completion).toEqual({
      text: reply,
      source: 'primary',
      model: 'm1',
      finishReason: 'completed',
      usage: { totalTokens: expect.any(Number) as number },
      metadata: { prompt_tokens: 1, completion_tokens: 4, history_messages: 0 },
    });
    expect(result.attempts).toMatchObject([
      {
        number: 1,
        route: 'route1',
        endpoint: a.url,
        outcome: 'succeeded',
        errorCode: null,
        errorMessage: null,
      },
    ]);
    expect(result.attempts[0]!.firstTokenMs).toBeLessThanOrEqual(result.attempts[0]!.durationMs);
  });

  it('arrives as a whole if no stream is requested', async () => {
    ask([a]);
    expect(await client.complete(plain)).toMatchObject({ text: reply, source: 'primary' });
    expect(a.requests[0]!.frame).toMatchObject({ message: 'hi', model: 'm1', settings: { stream: false } });
    expect(a.requests[0]!.headers).toMatchObject({
      authorization: 'Bearer sk-secret',
      'x-api-version': 'v1',
      'x-client-id': 'chatbot-client',
    });
  });

  it.each([
    ['a server that does not support streams', { ignoreStream: true }, 1],
    ['a last frame that does not repeat the text', { finalWithoutResponse: true }, 4],
  ])('is complete with %s', async (_, behavior, deltas) => {
    a.behave(behavior);
    ask([a]);
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: reply,
      deltas,
      completion: { text: reply },
    });
  });

  it('starts over if the final text differs from the pieces', async () => {
    const server = await ScriptedServer.start((_, socket) => {
      socket.send('{"chunk":"draft"}');
      socket.send('{"response":"final","done":true}');
    });
    client = new LlmClient(clientOptions([[server.url]]));
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: 'final', restarts: ['replaced'], completion: { text: 'final' } });
    await server.stop();
  });

  it('reuses the connection of the previous one', async () => {
    ask([a]);
    for (let request = 0; request < 5; request += 1) await client.complete(plain);
    expect(a.connectionsAccepted).toBe(1);
  });

  it('belongs to its own request among many concurrent ones on shared connections', async () => {
    a.behave({ reply: null, serviceTimeMs: 1 });
    ask([a], { transport: { maxConnections: 2, requestsPerConnection: 8 } });
    const sums = Array.from({ length: 50 }, (_, n) => n);
    const answers = await Promise.all(
      sums.map((n) => client.complete({ ...streamed, message: `What is ${n} + 1000?` })),
    );
    expect(answers.map(({ text }) => text)).toEqual(sums.map((n) => `${n} + 1000 = ${n + 1000}.`));
    expect(a.connectionsAccepted).toBe(2);
  });

  it('comes from the endpoints in turn with round robin', async () => {
    ask([[a, b]]);
    const texts = [];
    for (let request = 0; request < 4; request += 1) texts.push((await client.complete(plain)).text);
    expect(texts).toEqual([reply, 'from b', reply, 'from b']);
  });
});

describe('a failure before the first delta', () => {
  it.each([
    ['an error of the server', { errorCode: 'overloaded' }, 'overloaded'],
    ['a connection reset', { cut: 'reset' }, 'connection_closed'],
    ['a close frame', { closeCode: 1011 }, 'internal_error'],
    ['a truncated answer', { truncate: true, tokens: 0 }, 'connection_closed'],
    ['garbage', { garbage: 'not-json' }, 'invalid_frame'],
    ['a broken WebSocket frame', { garbage: 'bad-frame' }, 'invalid_frame'],
    ['a frame in too many fragments', { garbage: 'fragments' }, 'invalid_frame'],
  ] as const)('leads to another endpoint without a restart: %s', async (_, behavior, errorCode) => {
    a.behaveOnce(behavior);
    ask([[a, b]]);
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: 'from b', restarts: [], completion: { source: 'primary' } });
    expect(result.attempts).toMatchObject([
      { number: 1, outcome: 'failed', errorCode, endpoint: a.url },
      { number: 2, outcome: 'succeeded', errorCode: null, endpoint: b.url },
    ]);
  });

  it('is retried at the same endpoint if there is no other', async () => {
    a.behaveOnce({ errorCode: 'internal_error' }, 2);
    ask([a]);
    expect(await client.complete(plain)).toMatchObject({ text: reply });
    expect(a.requestsReceived).toBe(3);
    expect(a.connectionsAccepted).toBe(1);
  });

  it('is not retried if the request is at fault', async () => {
    a.behave({ errorCode: 'invalid_request', errorMessage: 'too odd' });
    ask([[a, b]], { fallbackReply: 'canned' });
    const result = await collectAnswer(client, streamed);
    expect(result.error).toBeInstanceOf(LlmServerError);
    expect(result.error).toMatchObject({ code: 'invalid_request', message: 'too odd', retryable: false });
    expect(b.requestsReceived).toBe(0);
    expect(client.state[0]).toMatchObject({ breaker: 'closed', lastError: undefined });
  });
});

describe('a failure in mid-answer', () => {
  it('starts over at another endpoint, without mixing the answers', async () => {
    a.behave({ cut: 'end', afterTokens: 2 });
    ask([[a, b]]);
    const seen: string[] = [];
    const result = await collectAnswer(client, streamed, {}, (event) => {
      if (event.type === 'delta') seen.push(event.text);
      if (event.type === 'restart') seen.push(`<${event.attempt} ${event.endpoint} ${event.reason}>`);
    });
    expect(seen.join('')).toBe(`w1 w2<2 ${b.url} connection_closed>from b`);
    expect(result).toMatchObject({ text: 'from b', completion: { text: 'from b' }, error: undefined });
  });

  it('restarts once for each attempt that had emitted text', async () => {
    a.behaveOnce({ errorCode: 'overloaded', afterTokens: 1 });
    a.behaveOnce({ errorCode: 'overloaded' });
    a.behaveOnce({ errorCode: 'overloaded', afterTokens: 2 });
    ask([a]);
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: reply, restarts: ['overloaded', 'overloaded'] });
    expect(result.attempts).toHaveLength(4);
  });

  it('fails the request if the caller does not permit a restart', async () => {
    a.behave({ errorCode: 'overloaded', afterTokens: 2 });
    ask([[a, b]], { fallbackReply: 'canned' });
    const result = await collectAnswer(client, streamed, { restart: 'never' });
    expect(result).toMatchObject({ text: 'w1 w2', restarts: [], error: { code: 'overloaded' } });
    expect(b.requestsReceived).toBe(0);
  });
});

describe('the fallback', () => {
  it('is the next route', async () => {
    a.behave({ errorCode: 'model_not_found' });
    ask([a, b]);
    expect(await client.complete(plain)).toMatchObject({ text: 'from b', source: 'fallback', model: 'm2' });
    expect(a.requestsReceived).toBe(1);
  });

  it('is the next route if the first asks for a wait beyond the deadline', async () => {
    a.behave({ errorCode: 'rate_limited', retryAfter: 3_600 });
    ask([a, b]);
    expect(await client.complete(plain)).toMatchObject({ text: 'from b' });
    expect(a.requestsReceived).toBe(1);
  });

  it('is the fallback reply, after a restart if text was emitted', async () => {
    a.behave({ errorCode: 'overloaded', afterTokens: 2 });
    ask([a], { fallbackReply: 'Sorry.', retry: { maxRetries: 0 } });
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: 'Sorry.', restarts: ['overloaded'], error: undefined });
    expect(result.completion).toEqual({
      text: 'Sorry.',
      source: 'fallback',
      model: null,
      finishReason: 'fallback_reply',
      usage: null,
      metadata: {},
    });
  });

  it('is an error with its cause and a retry time if there is no fallback reply', async () => {
    a.behaveOnce({ errorCode: 'rate_limited', retryAfter: 0.001 });
    a.behaveOnce({ errorCode: 'rate_limited', retryAfter: 1_200 });
    ask([a], { retry: { maxRetries: 1 } });
    const { error, attempts } = await collectAnswer(client, plain);
    expect(error).toBeInstanceOf(LlmUnavailableError);
    expect(error).toMatchObject({
      code: 'llm_unavailable',
      retryable: true,
      retryAfterMs: expect.any(Number),
      cause: { code: 'rate_limited' },
    });
    const { retryAfterMs } = error as LlmUnavailableError;
    expect(retryAfterMs).toBeGreaterThan(1_100_000);
    expect(retryAfterMs).toBeLessThanOrEqual(1_200_000);
    expect(attempts).toHaveLength(2);
  });

  it('has the retry time of an earlier failure if the last one has none', async () => {
    a.behave({ errorCode: 'rate_limited', retryAfter: 1_200 });
    b.behave({ errorCode: 'internal_error' });
    ask([a, b], { retry: { maxRetries: 0 } });
    const { error } = await collectAnswer(client, plain);
    expect(error).toMatchObject({ code: 'llm_unavailable', cause: { code: 'internal_error' } });
    expect((error as LlmUnavailableError).retryAfterMs).toBeGreaterThan(1_100_000);
  });

  it('is asked before waiting as a server asks; that server is asked again if the fallback fails', async () => {
    a.behaveOnce({ errorCode: 'rate_limited', retryAfter: 0.05 });
    ask([a, b]);
    expect(await client.complete(plain)).toMatchObject({ text: 'from b', source: 'fallback' });
    a.behaveOnce({ errorCode: 'rate_limited', retryAfter: 0.05 });
    b.behave({ errorCode: 'unauthorized' });
    const { text, attempts } = await collectAnswer(client, plain);
    expect(text).toBe(reply);
    expect(attempts.map(({ endpoint }) => endpoint)).toEqual([a.url, b.url, a.url]);
  });
});

describe('time limits', () => {
  it('fail the request at the total limit', async () => {
    a.behave({ silence: true });
    ask([a], { timeouts: { totalMs: 60 } });
    const { error, attempts } = await collectAnswer(client, streamed);
    expect(error).toBeInstanceOf(LlmUnavailableError);
    expect(error).toMatchObject({ cause: { code: 'total_timeout' } });
    expect(attempts).toMatchObject([{ outcome: 'failed', errorCode: 'total_timeout' }]);
    await a.waitFor(({ connections }) => connections === 0);
  });

  it('lead to the fallback reply at the total limit', async () => {
    a.behave({ silence: true });
    ask([a], { fallbackReply: 'Sorry.' });
    expect(await client.complete(streamed, { timeoutMs: 60 })).toMatchObject({ text: 'Sorry.' });
  });

  it('lead to another endpoint if the first piece does not arrive', async () => {
    a.behave({ silence: true });
    ask([[a, b]], { timeouts: { firstTokenMs: 40 } });
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: 'from b', restarts: [] });
    expect(result.attempts[0]).toMatchObject({ errorCode: 'first_token_timeout', firstTokenMs: null });
    await a.waitFor(({ connections }) => connections === 0);
  });

  it('lead to another endpoint if a stream stalls', async () => {
    a.behave({ stall: true, afterTokens: 2 });
    ask([[a, b]], { timeouts: { idleMs: 40 } });
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: 'from b',
      restarts: ['idle_timeout'],
    });
  });

  it('give an endpoint half of the time for a plain answer while there is another endpoint', async () => {
    a.behave({ silence: true });
    ask([a, b], { timeouts: { totalMs: 1_000, firstTokenMs: 1, idleMs: 1 } });
    const { attempts, text } = await collectAnswer(client, plain);
    expect(text).toBe('from b');
    expect(attempts[0]).toMatchObject({ errorCode: 'first_token_timeout' });
    expect(attempts[0]!.errorMessage).toMatch(/limit of (4\d\d|500) ms/);
  });

  it('give a single endpoint the whole time for a plain answer', async () => {
    a.behave({ serviceTimeMs: 80 });
    ask([a], { timeouts: { totalMs: 5_000, firstTokenMs: 10 } });
    expect(await client.complete(plain)).toMatchObject({ text: reply });
  });

  it('lead from an endpoint whose connections are all busy to another', async () => {
    a.behave({ silence: true });
    ask([[a, b]], { timeouts: { totalMs: 300 }, transport: { maxConnections: 1 } });
    const holder = client.stream(streamed, { timeoutMs: 5_000 });
    const held = holder.next();
    await a.waitFor(({ requestsReceived }) => requestsReceived === 1);
    await client.complete(plain);
    const { attempts, text } = await collectAnswer(client, plain);
    expect(text).toBe('from b');
    expect(attempts).toMatchObject([
      { errorCode: 'queue_timeout', endpoint: a.url },
      { outcome: 'succeeded' },
    ]);
    expect(client.state[0]).toMatchObject({ breaker: 'closed', queued: 0 });
    client.close();
    await held;
    await expect(holder.next()).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('do not affect firstTokenMs, which is measured from the start of the attempt to the first piece', async () => {
    a.behave({ firstTokenDelayMs: 30 });
    ask([a]);
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts[0]!.firstTokenMs).toBeGreaterThanOrEqual(28);
    expect(attempts[0]!.firstTokenMs).toBeLessThanOrEqual(attempts[0]!.durationMs);
  });
});

describe('the label of a request', () => {
  it('is copied to each of its attempts, and to no other', async () => {
    a.behaveOnce({ errorCode: 'internal_error' });
    ask([a]);
    const seen: (string | null)[] = [];
    client.observer.on('attempt', ({ label }) => seen.push(label));
    const { attempts } = await collectAnswer(client, plain, { label: 'mine' });
    await client.complete(plain);
    expect(attempts.map(({ label }) => label)).toEqual(['mine', 'mine']);
    expect(seen).toEqual(['mine', 'mine', null]);
  });
});

describe('budgets', () => {
  it('report the retries that each route has left and the number of hedges', async () => {
    a.behaveOnce({ errorCode: 'internal_error' }, 2);
    ask([a, b], { retryBudget: { ratio: 0, perSecond: 0, floor: 5 }, hedging: { isOn: true } });
    await client.complete(plain);
    expect(client.budgets).toEqual({
      retries: [
        { route: 'route1', available: 3 },
        { route: 'route2', available: 5 },
      ],
      hedges: 1,
    });
    ask([a]);
    expect(client.budgets.hedges).toBeUndefined();
  });
});

describe('admission', () => {
  it('refuses and emits `refused` while the queue of every healthy endpoint is full', async () => {
    a.behave({ silence: true });
    ask([a], { transport: { maxConnections: 1, maxQueue: 1 } });
    let refused = 0;
    client.observer.on('refused', () => (refused += 1));
    const asked = [collectAnswer(client, streamed)];
    await a.waitFor(({ requestsReceived }) => requestsReceived === 1);
    expect(() => client.admit()).not.toThrow();
    expect(client.hasCapacity).toBe(true);
    asked.push(collectAnswer(client, streamed));
    expect(() => client.admit()).toThrow(LlmQueueFullError);
    expect([client.hasCapacity, refused]).toEqual([false, 1]);
    client.close();
    await Promise.all(asked);
  });
});

describe('bounds', () => {
  it('abandon an answer that is too long, and lead to another route', async () => {
    a.behave({ tokens: 2_000, finalWithoutResponse: true });
    ask([a, b], { maxAnswerChars: 10_000 });
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: 'from b',
      restarts: ['answer_too_large'],
      completion: { source: 'fallback' },
    });
  });

  it('do not count the text twice if the last frame repeats it', async () => {
    a.behave({ reply: 'x'.repeat(8_000) });
    ask([a], { maxAnswerChars: 8_000 + 1_000 * 17 });
    expect((await client.complete(streamed)).text).toHaveLength(8_000);
  });

  it('lead from an endpoint whose queue is full to another', async () => {
    a.behave({ serviceTimeMs: 30 });
    ask([a, b], { transport: { maxConnections: 1, maxQueue: 1 } });
    const answers = await Promise.all([1, 2, 3].map(() => client.complete(plain)));
    expect(answers.map(({ text }) => text)).toEqual([reply, reply, 'from b']);
  });
});

describe('the breaker', () => {
  it('excludes a failing endpoint while there is another, and readmits it after its recovery', async () => {
    await a.goDown();
    const clock = new FakeClock();
    ask([[a, b]], { breaker: { failures: 2, openMs: 60_000 } }, clock);
    for (let request = 0; request < 4; request += 1) await client.complete(plain);
    expect(client.state).toMatchObject([
      { url: a.url, breaker: 'open', lastError: expect.stringMatching(/^connect_failed: /) as string },
      { url: b.url, breaker: 'closed', lastError: undefined },
    ]);
    await a.comeUp();
    clock.advance(60_000);
    await client.complete(plain);
    await client.complete(plain);
    expect(client.state[0]).toMatchObject({ breaker: 'closed', lastError: undefined });
  });

  it('permits another probe after a reader left during the first one', async () => {
    const clock = new FakeClock();
    ask([[a, b]], { breaker: { failures: 1, openMs: 5 } }, clock);
    a.behaveOnce({ errorCode: 'overloaded' });
    a.behaveOnce({ tokens: 500, tokensPerSecond: 100 });
    await client.complete(streamed);
    clock.advance(5);
    expect(client.state[0]!.breaker).toBe('half_open');
    for await (const event of client.stream(streamed)) if (event.type === 'delta') break;
    expect(a.requestsReceived).toBe(2);
    await client.complete(streamed);
    await client.complete(streamed);
    expect(client.state[0]!.breaker).toBe('closed');
  });
});

describe('programming errors', () => {
  it('are thrown unchanged, and release the connection', async () => {
    ask([a]);
    const odd = { ...plain, metadata: { big: 1n } };
    await expect(client.complete(odd)).rejects.toThrow(TypeError);
    expect(client.state[0]).toMatchObject({ inFlight: 0, breaker: 'closed' });
    expect(await client.complete(plain)).toMatchObject({ text: reply });
  });
});
