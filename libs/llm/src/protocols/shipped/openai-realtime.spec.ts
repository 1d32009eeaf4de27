import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { LlmClient } from '../../routing/llm-client.js';
import { type RouteOptions } from '../../routing/llm-options.js';
import { credentials, collectAnswer } from '../../testing/client-setup.js';
import { fakeRealtime, type FakeRealtimeAnswer, ScriptedServer, sessionCreated } from '#testing';
import { plain, streamed } from '../../testing/transport-setup.js';

let server: ScriptedServer;
let client: LlmClient;

const clientOf = (url: string, more: Partial<RouteOptions> = {}) =>
  new LlmClient({
    routes: [
      {
        name: 'r',
        endpoints: [url],
        model: 'm',
        protocol: 'openai-realtime',
        credentials,
        reuse: 'always',
        ...more,
      },
    ],
    retry: { maxRetries: 0 },
    timeouts: { firstTokenMs: 3_000 },
  });

/** A fake that does this with each text, and a client of it. */
async function start(
  answer: (text: string) => FakeRealtimeAnswer = () => ({}),
  more: Partial<RouteOptions> = {},
): Promise<void> {
  server = await ScriptedServer.start(fakeRealtime(answer));
  server.greeting = [sessionCreated];
  client = clientOf(server.url, more);
}

afterEach(async () => {
  client.close();
  await server.stop();
});

/** Frames of one kind that the server has received. */
const sent = (type: string) => server.received.filter((frame) => frame.type === type);

describe('openai-realtime', () => {
  it('requests a response outside the default conversation, and reads it', async () => {
    await start();
    const history = [{ role: 'assistant' as const, content: 'b' }];
    const result = await collectAnswer(client, { ...streamed, history, maxTokens: 9 });
    expect(result).toMatchObject({
      text: 'Hello',
      deltas: 2,
      completion: {
        finishReason: 'completed',
        usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 },
      },
    });
    expect(server.upgrades[0]).toMatchObject({
      url: '/v1/realtime?model=m',
      headers: { authorization: 'Bearer sk-secret' },
    });
    const { event_id } = server.received[0]!;
    expect(server.received).toEqual([
      {
        type: 'response.create',
        event_id,
        response: {
          conversation: 'none',
          output_modalities: ['text'],
          metadata: { rid: event_id },
          max_output_tokens: 9,
          input: [
            { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'b' }] },
            { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
          ],
        },
      },
    ]);
  });

  it('keeps a connection for each requested model', async () => {
    await start();
    for (const model of [undefined, 'n', 'n', 'm']) await client.complete({ ...plain, model });
    expect(server.upgrades.map(({ url }) => url)).toEqual(['/v1/realtime?model=m', '/v1/realtime?model=n']);
  });

  it('sends no request before the session is created', async () => {
    await start();
    server.greeting = [];
    const answer = client.complete(plain);
    await server.until(({ clients }) => clients.length === 1);
    const [socket] = server.clients;
    await new Promise((resolve) => socket!.ping(resolve));
    expect(server.received).toEqual([]);
    socket!.send(JSON.stringify(sessionCreated));
    expect(await answer).toMatchObject({ text: 'Hello' });
  });

  it('fails with an error instead of the session', async () => {
    await start();
    server.greeting = [
      {
        type: 'error',
        error: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'sk-secret?' },
      },
    ];
    const { cause } = (await client.complete(plain).catch((error: unknown) => error)) as Error;
    expect(cause).toMatchObject({ code: 'invalid_api_key', message: '[secret]?' });
  });

  it.each<[FakeRealtimeAnswer, object]>([
    [{ end: 'incomplete' }, { text: 'Hello', finishReason: 'length' }],
    [{ deltaType: 'response.text.delta' }, { text: 'Hello' }],
    [{ deltaType: 'response.output_audio_transcript.delta' }, { text: 'Hello' }],
    [{ omitsMetadata: true }, { text: 'Hello' }],
  ])('reads %j', async (behavior, expected) => {
    await start(() => behavior);
    expect(await client.complete({ ...plain, stream: true })).toMatchObject(expected);
    expect(await client.complete({ ...plain, stream: true })).toMatchObject(expected);
    expect(server.clients).toHaveLength(1);
  });

  it.each<[FakeRealtimeAnswer, string]>([
    [{ end: 'failed' }, 'rate_limited'],
    [{ error: { type: 'server_error', code: 'x', message: 'broken' } }, 'internal_error'],
  ])('reads the failure %j, and reuses the connection', async (behavior, code) => {
    await start((text) => (text === 'hi' ? behavior : {}));
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts[0]!.errorCode).toBe(code);
    expect(await client.complete({ ...plain, message: 'again' })).toMatchObject({ text: 'Hello' });
    expect(server.clients).toHaveLength(1);
  });

  it('ignores an error that belongs to no request', async () => {
    const error = { type: 'server_error', code: 'whatever', message: 'm', event_id: null };
    await start(() => ({ notice: { type: 'error', event_id: 'event_x', error } }));
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: 'Hello',
      completion: { text: 'Hello' },
    });
  });

  it('cancels by a frame, and reuses the connection', async () => {
    await start((text) => (text === 'hold' ? { end: 'never' } : { pieces: [text] }));
    const abort = new AbortController();
    const hold = { ...streamed, message: 'hold' };
    const result = await collectAnswer(client, hold, { signal: abort.signal }, () => abort.abort());
    expect(result.error).toMatchObject({ code: 'cancelled' });
    await server.until(() => sent('response.cancel').length === 1);
    expect(sent('response.cancel')).toEqual([{ type: 'response.cancel', response_id: 'resp_1' }]);
    expect(server.clients[0]!.readyState).toBe(1);
    let answer = await client.complete({ ...plain, message: 'b' });
    expect(answer).toMatchObject({ text: 'b' });
    answer = await client.complete({ ...plain, message: 'c' });
    expect(answer).toMatchObject({ text: 'c' });
    expect(server.clients.length).toBeLessThanOrEqual(2);
  });
});

describe('the fake', () => {
  it('works with the official client', async () => {
    const secure = await ScriptedServer.start(
      fakeRealtime((text) => (text === 'hold' ? { end: 'never' } : {})),
      true,
    );
    secure.greeting = [sessionCreated];
    await start();
    const official = new OpenAIRealtimeWS(
      { model: 'm', options: { rejectUnauthorized: false } },
      new OpenAI({ apiKey: 'k', baseURL: `${secure.url.replace('wss', 'https')}v1` }),
    );
    const texts: string[] = [];
    official.on('response.output_text.delta', ({ delta }) => texts.push(delta));
    const statuses: unknown[] = [];
    let wake = (): void => undefined;
    official.on('response.done', ({ response }) => {
      statuses.push([response.status, response.usage?.total_tokens, response.metadata]);
      wake();
    });
    const done = (count: number) =>
      new Promise<void>((resolve) => (wake = () => (statuses.length === count ? resolve() : undefined)));
    await new Promise((resolve) => official.on('session.created', resolve));
    const ask = (text: string) =>
      official.send({
        type: 'response.create',
        response: {
          conversation: 'none',
          output_modalities: ['text'],
          metadata: { rid: text },
          input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
        },
      });
    ask('hi');
    await done(1);
    ask('hold');
    await secure.until(({ received }) => received.length === 2);
    official.send({ type: 'response.cancel', response_id: 'resp_2' });
    await done(2);
    expect(texts).toEqual(['Hel', 'lo', 'Hel', 'lo']);
    expect(statuses).toEqual([
      ['completed', 12, { rid: 'hi' }],
      ['cancelled', undefined, { rid: 'hold' }],
    ]);
    const error = new Promise<unknown>((resolve) => official.on('error', resolve));
    official.send({ type: 'response.cancel', response_id: 'resp_2', event_id: 'mine' });
    expect(await error).toMatchObject({ error: { code: 'response_cancel_not_active', event_id: 'mine' } });
    official.close();
    await secure.stop();
  });
});

describe('aimock, as a server', () => {
  let aimock: LLMock;
  beforeEach(async () => {
    // `start` assigns the server that afterEach stops.
    await start();
    aimock = new LLMock({ port: 0, latency: 1, chunkSize: 4 });
  });
  afterEach(() => aimock.stop());

  it('streams several answers', async () => {
    aimock.on({ endpoint: 'realtime' }, { content: 'It rains in Hamburg.' });
    client = clientOf((await aimock.start()).replace('http', 'ws'));
    for (let round = 0; round < 2; round += 1) {
      const result = await collectAnswer(client, { ...streamed, message: 'the weather?' });
      expect(result).toMatchObject({ text: 'It rains in Hamburg.', deltas: 5 });
    }
  });

  it('reports errors', async () => {
    aimock.on(
      { endpoint: 'realtime' },
      { error: { message: 'slow', type: 'rate_limit_error' }, status: 429 },
    );
    client = clientOf((await aimock.start()).replace('http', 'ws'));
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([{ errorCode: 'rate_limited', errorMessage: 'slow' }]);
  });
});
