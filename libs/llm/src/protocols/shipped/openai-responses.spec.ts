import { LLMock } from '@copilotkit/aimock';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { LlmClient } from '../../routing/llm-client.js';
import { type RouteOptions } from '../../routing/llm-options.js';
import { credentials, collectAnswer } from '../../testing/client-setup.js';
import { type FakeResponse, fakeResponses, officialError, ScriptedServer } from '#testing';
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
        protocol: 'openai-responses',
        credentials,
        reuse: 'always',
        ...more,
      },
    ],
    retry: { maxRetries: 1, baseMs: 1, maxMs: 1 },
  });

/** A fake that does this with each text, and a client of it. */
async function start(
  answer: (text: string) => FakeResponse = () => ({}),
  more: Partial<RouteOptions> = {},
): Promise<void> {
  server = await ScriptedServer.start(fakeResponses(answer));
  client = clientOf(server.url, more);
}

afterEach(async () => {
  client.close();
  await server.stop();
});

describe('openai-responses', () => {
  it('sends the whole input, and reads the answer', async () => {
    await start();
    const result = await collectAnswer(client, {
      ...streamed,
      maxTokens: 9,
      temperature: 0.5,
      sampling: { top_p: 0.9, reasoning_effort: 'low', seed: 7 },
      history: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    });
    expect(result).toMatchObject({
      text: 'Hello',
      deltas: 2,
      restarts: [],
      completion: {
        text: 'Hello',
        model: 'm',
        finishReason: 'completed',
        usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 },
      },
    });
    expect(server.upgrades[0]).toMatchObject({
      url: '/v1/responses',
      headers: { authorization: 'Bearer sk-secret' },
    });
    const message = (role: string, type: string, text: string) => ({
      type: 'message',
      role,
      content: [{ type, text }],
    });
    expect(server.received).toEqual([
      {
        type: 'response.create',
        model: 'm',
        store: false,
        max_output_tokens: 9,
        temperature: 0.5,
        top_p: 0.9,
        reasoning: { effort: 'low' },
        input: [
          message('system', 'input_text', 'Be kind.'),
          message('user', 'input_text', 'a'),
          message('assistant', 'output_text', 'b'),
          message('user', 'input_text', 'hi'),
        ],
      },
    ]);
  });

  it('reuses a connection, one request at a time', async () => {
    await start();
    await client.complete(plain);
    await client.complete({ ...plain, model: 'other' });
    expect(server.clients).toHaveLength(1);
    expect(server.received[1]).toMatchObject({ model: 'other' });
    expect(server.received[1]).not.toHaveProperty('stream_id');
  });

  it('gives each request a stream_id if the route shares connections, at most 16', async () => {
    await start((text) => (text === 'hold' ? { end: 'never' } : { pieces: [`re: ${text}`] }), {
      requestsPerConnection: 32,
    });
    const abort = new AbortController();
    const held = Array.from({ length: 16 }, () =>
      client.complete({ ...plain, message: 'hold' }, { signal: abort.signal }).catch(() => 'stopped'),
    );
    await server.until(({ received }) => received.length === 16);
    expect(server.clients).toHaveLength(1);
    const lanes = server.received.map(({ stream_id }) => stream_id);
    expect(new Set(lanes).size).toBe(16);
    expect(await client.complete({ ...plain, message: 'b' })).toMatchObject({ text: 're: b' });
    expect(server.clients).toHaveLength(2);
    abort.abort();
    expect(await Promise.all(held)).toEqual(Array.from({ length: 16 }, () => 'stopped'));
  });

  it('reports that an answer reached the token limit', async () => {
    await start(() => ({ end: 'incomplete' }));
    expect(await client.complete(plain)).toMatchObject({ text: 'Hello', finishReason: 'length' });
  });

  it.each<[string, object, object]>([
    ['a failed response', { end: 'failed' }, { code: 'internal_error', message: 'the model broke' }],
    [
      'an error',
      { error: officialError(400, 'invalid_request_error', 'previous_response_not_found', 'gone') },
      { code: 'invalid_request', scope: 'never', message: 'gone' },
    ],
    [
      'an error that says more than its type',
      { error: officialError(404, 'invalid_request_error', 'model_not_found', 'no m') },
      { code: 'model_not_found', scope: 'other_route' },
    ],
    [
      'a flat error',
      { error: { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null } },
      { code: 'rate_limited' },
    ],
    [
      'a busy server',
      { error: officialError(409, 'conflict', 'concurrent_request', 'one at a time') },
      { code: 'overloaded', scope: 'anywhere' },
    ],
    [
      'a status alone',
      { error: { type: 'error', status: 401, error: { message: 'who?' } } },
      { code: 'unauthorized', scope: 'elsewhere' },
    ],
  ])('reads %s', async (_, behavior, error) => {
    await start(() => behavior);
    const { attempts } = await collectAnswer(client, streamed);
    const failure = await client.complete(plain).catch((thrown: unknown) => thrown);
    expect(attempts[0]!.errorCode).toBe((error as { code: string }).code);
    const { code } = failure as { code: string };
    expect(code === 'llm_unavailable' ? (failure as Error).cause : failure).toMatchObject(error);
  });

  it('completes the answer when the server announces that the connection expires, then opens another one', async () => {
    const notice = officialError(400, 'invalid_request_error', 'connection_expiring', 'soon');
    await start(() => ({ notice }));
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: 'Hello',
      restarts: [],
      attempts: [{}],
    });
    await client.complete(plain);
    expect(server.clients).toHaveLength(2);
  });

  it('replaces a connection that has reached its limit, without an error for the caller', async () => {
    const over = officialError(400, 'invalid_request_error', 'websocket_connection_limit_reached', '60 min');
    await start(() => (server.clients.length === 1 ? { error: over } : {}));
    const result = await collectAnswer(client, streamed);
    expect(result).toMatchObject({ text: 'Hello', restarts: [], completion: { text: 'Hello' } });
    expect(result.attempts.map(({ errorCode }) => errorCode)).toEqual(['overloaded', null]);
    expect(server.clients).toHaveLength(2);
  });

  it('cancels by closing', async () => {
    await start(() => ({ end: 'never' }));
    const abort = new AbortController();
    const result = collectAnswer(client, streamed, { signal: abort.signal }, () => abort.abort());
    expect((await result).error).toMatchObject({ code: 'cancelled' });
    await server.until(({ openSockets }) => openSockets === 0);
  });
});

describe('the fake', () => {
  it('works with the official client', async () => {
    await start((text) => (text === 'err' ? { error: officialError(400, 'x', 'y', 'z') } : {}));
    const official = new ResponsesWS(new OpenAI({ apiKey: 'k', baseURL: `${server.url}v1` }));
    const seen: string[] = [];
    const texts: string[] = [];
    official.on('event', ({ type }) => seen.push(type));
    official.on('response.output_text.delta', ({ delta }) => texts.push(delta));
    const ask = (text: string) =>
      official.send({
        type: 'response.create',
        model: 'm',
        stream_id: 's1',
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
      });
    const completed = new Promise<unknown>((resolve) =>
      official.on('response.completed', ({ response, stream_id }) =>
        resolve({ stream_id, status: response.status, usage: response.usage?.total_tokens }),
      ),
    );
    const failed = new Promise<unknown>((resolve) => official.on('error', resolve));
    ask('hi');
    expect(await completed).toEqual({ stream_id: 's1', status: 'completed', usage: 12 });
    expect(texts).toEqual(['Hel', 'lo']);
    ask('err');
    expect(await failed).toMatchObject({ message: expect.stringContaining('z') as string });
    expect(seen[0]).toBe('response.created');
    official.close();
  });
});

describe('aimock, as a server', () => {
  let aimock: LLMock;
  beforeEach(async () => {
    // `start` assigns the server that afterEach stops.
    await start();
    aimock = new LLMock({ port: 0, latency: 1, chunkSize: 4 });
    aimock.onMessage('weather', { content: 'It rains in Hamburg.' });
    aimock.onMessage('limit', { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429 });
    client = clientOf((await aimock.start()).replace('http', 'ws'));
  });
  afterEach(() => aimock.stop());

  it('streams several answers', async () => {
    for (let round = 0; round < 2; round += 1) {
      const result = await collectAnswer(client, { ...streamed, message: 'the weather?' });
      expect(result).toMatchObject({ text: 'It rains in Hamburg.', deltas: 5 });
      expect(result.completion).toMatchObject({ finishReason: 'completed', model: 'm' });
    }
  });

  it('reports errors', async () => {
    const { attempts } = await collectAnswer(client, { ...streamed, message: 'limit' });
    expect(attempts.map(({ errorCode }) => errorCode)).toEqual(['rate_limited', 'rate_limited']);
    await expect(client.complete({ ...plain, message: 'unheard of' })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'No fixture matched',
    });
  });
});
