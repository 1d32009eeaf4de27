import { MockLlm, type Behavior } from '#mock-llm';
import { type LlmProtocol } from '../protocols/protocol.js';
import { guideProtocol } from '../protocols/guide.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { ScriptedServer } from '#testing';
import { plain, streamed } from '../testing/transport-setup.js';
import { type LlmClientOptions, type RouteOptions } from './llm-options.js';
import { LlmClient } from './llm-client.js';

const reply = 'from b';
const callers = [
  ['streamed', streamed],
  ['plain', plain],
] as const;

/** Real: sockets. Mock: LLM servers. */
describe('an answer without text', () => {
  let a: MockLlm;
  let b: MockLlm;
  let client: LlmClient;

  beforeEach(async () => {
    [a, b] = await Promise.all([
      MockLlm.start({ behavior: { emptyAnswer: true } }),
      MockLlm.start({ behavior: { reply } }),
    ]);
  });
  afterEach(async () => {
    client.close();
    await Promise.all([a.stop(), b.stop()]);
  });

  const ask = (
    routes: readonly (readonly MockLlm[])[],
    more: Partial<LlmClientOptions> = {},
    route: Partial<RouteOptions> = {},
  ): void => {
    const options = clientOptions(
      routes.map((mocks) => mocks.map(({ url }) => url)),
      more,
    );
    client = new LlmClient({ ...options, routes: options.routes.map((one) => ({ ...one, ...route })) });
  };

  describe.each(callers)('%s', (_, request) => {
    it('counts as a failure, and another endpoint is asked', async () => {
      ask([[a, b]]);
      const result = await collectAnswer(client, request);
      expect(result).toMatchObject({
        text: reply,
        restarts: [],
        completion: { text: reply, source: 'primary' },
      });
      expect(result.attempts).toMatchObject([
        { outcome: 'failed', errorCode: 'empty_answer', firstTokenMs: null, usage: { totalTokens: 1 } },
        { outcome: 'succeeded' },
      ]);
    });

    it('leads to the next route, even if the answer may not start over', async () => {
      ask([[a], [b]]);
      const result = await collectAnswer(client, request, { restart: 'never' });
      expect(result).toMatchObject({ text: reply, completion: { source: 'fallback' } });
    });

    it('is an error if there is no other endpoint, without a retry', async () => {
      ask([[a]]);
      const result = await collectAnswer(client, request);
      expect(result).toMatchObject({ text: '', completion: undefined });
      expect(result.error).toMatchObject({
        code: 'llm_unavailable',
        retryable: true,
        cause: { code: 'empty_answer', message: expect.stringContaining('without any text') as string },
      });
      expect(a.requestsReceived).toBe(1);
      expect(client.state[0]!.lastError).toMatch(/^empty_answer: /);
    });

    it('leads to the fallback reply', async () => {
      ask([[a]], { fallbackReply: 'Later.' });
      expect(await collectAnswer(client, request)).toMatchObject({
        text: 'Later.',
        completion: { finishReason: 'fallback_reply' },
      });
    });

    it.each<[string, Partial<LlmClientOptions>, Partial<RouteOptions>]>([
      ['the client', { emptyAnswer: 'accept' }, {}],
      ['the route', {}, { emptyAnswer: 'accept' }],
      ['the protocol', {}, { protocol: { ...guideProtocol, emptyAnswer: 'accept' } satisfies LlmProtocol }],
    ])('is accepted if %s says so', async (__, more, route) => {
      ask([[a, b]], more, route);
      const result = await collectAnswer(client, request);
      expect(result).toMatchObject({ text: '', completion: { text: '', finishReason: 'completed' } });
      expect(result.attempts).toMatchObject([{ outcome: 'succeeded' }]);
    });

    it.each(['length', 'content_filter'])('is accepted with the finish reason %s', async (finishReason) => {
      a.behave({ finishReason });
      ask([[a, b]]);
      expect(await collectAnswer(client, request)).toMatchObject({
        text: '',
        completion: { text: '', finishReason },
      });
    });

    it.each([' ', '\n', '\u200b'])('does not include an answer with the text %j', async (text) => {
      a.behave({ emptyAnswer: false, reply: text });
      ask([[a, b]]);
      expect(await collectAnswer(client, request)).toMatchObject({ text, completion: { text } });
    });
  });

  it('is treated by the policy of the route, or else of the protocol, or else of the client', async () => {
    const accepting = { ...guideProtocol, emptyAnswer: 'accept' } satisfies LlmProtocol;
    ask([[a, b]], { emptyAnswer: 'accept' }, { protocol: accepting, emptyAnswer: 'retry' });
    expect(await collectAnswer(client, plain)).toMatchObject({ text: reply });
    client.close();
    const retrying = { ...guideProtocol, emptyAnswer: 'retry' } satisfies LlmProtocol;
    ask([[a, b]], { emptyAnswer: 'accept' }, { protocol: retrying });
    expect(await collectAnswer(client, plain)).toMatchObject({ text: reply });
  });

  it('opens the breaker of a single endpoint', async () => {
    ask([[a]], { breaker: { failures: 2 } });
    for (let count = 0; count < 2; count += 1) await collectAnswer(client, plain);
    expect(client.state[0]!.breaker).toBe('open');
  });

  it.each<[string, readonly string[]]>([
    ['empty pieces before the end', ['{"chunk":""}', '{"chunk":""}', '{"response":"","done":true}']],
    ['an empty last piece', ['{"chunk":"","done":true}']],
    ['an end alone', ['{"done":true}']],
  ])('is detected in %s', async (_, frames) => {
    const server = await ScriptedServer.start((__, socket) => {
      for (const frame of frames) socket.send(frame);
    });
    client = new LlmClient(clientOptions([[server.url], [b.url]]));
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: reply,
      attempts: [{ errorCode: 'empty_answer' }, { outcome: 'succeeded' }],
    });
    await server.stop();
  });

  it('loses against a hedge with text', async () => {
    const good: Partial<Behavior> = { emptyAnswer: false, reply: 'from a' };
    a.behave(good);
    const options = clientOptions([[a.url, b.url]], { hedging: { isOn: true, minSamples: 5 } });
    client = new LlmClient({
      ...options,
      routes: options.routes.map((route) => ({ ...route, balancer: 'priority' as const })),
    });
    for (let count = 0; count < 10; count += 1) await client.complete(streamed);
    a.behave({ emptyAnswer: true, serviceTimeMs: 300 });
    b.behave({ firstTokenDelayMs: 600 });
    expect(await collectAnswer(client, streamed)).toMatchObject({ text: reply, completion: { text: reply } });
  });
});
