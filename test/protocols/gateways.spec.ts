import { type WebSocket } from 'ws';
import { type LlmClient, type ProtocolValue, type RouteOptions } from '#llm';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { type OnFrame, ScriptedServer } from '#testing';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { exampleClient } from './example-client.js';

let server: ScriptedServer;
let client: LlmClient;

const say = (socket: WebSocket, ...frames: object[]) =>
  frames.forEach((frame) => socket.send(JSON.stringify(frame)));

async function start(
  file: string,
  answer: OnFrame,
  variables: Record<string, ProtocolValue> = {},
  more: Partial<RouteOptions> = {},
): Promise<void> {
  server = await ScriptedServer.start(answer);
  client = exampleClient(file, server.url, variables, more);
}

afterEach(async () => {
  client.close();
  await server.stop();
});

const ask = { ...streamed, conversationId: 'c1' };

describe('cloudflare-agents.yaml', () => {
  const answer = (id: unknown, body: object | '', more: object = {}) => ({
    type: 'cf_agent_use_chat_response',
    id,
    body: body === '' ? '' : JSON.stringify(body),
    done: false,
    ...more,
  });

  it('reads JSON in strings, and ignores answers of others', async () => {
    await start('cloudflare-agents.yaml', ({ id }, socket) =>
      say(
        socket,
        { type: 'cf_agent_chat_messages', messages: [] },
        answer('other', { type: 'text-delta', delta: 'not for us' }),
        answer(id, { type: 'text-start' }),
        answer(id, { type: 'text-delta', delta: 'Hel' }),
        answer('other', '', { done: true }),
        answer(id, { type: 'text-delta', delta: 'lo' }),
        answer(id, '', { done: true }),
      ),
    );
    expect(await collectAnswer(client, ask)).toMatchObject({
      text: 'Hello',
      deltas: 2,
      completion: { text: 'Hello' },
    });
    const [request] = server.received;
    expect(request).toEqual({
      type: 'cf_agent_use_chat_request',
      id: expect.any(String) as string,
      init: {
        method: 'POST',
        body: '{"messages":[{"role":"user","parts":[{"type":"text","text":"hi"}]}]}',
      },
    });
    expect(server.upgrades[0]!.url).toBe('/agents/chat/default');
  });

  it('reads errors before ends, and cancels by id', async () => {
    await start('cloudflare-agents.yaml', ({ id, type, init }, socket) => {
      if (type === 'cf_agent_chat_request_cancel') say(socket, answer(id, '', { done: true }));
      else if (JSON.stringify(init).includes('hold'))
        say(socket, answer(id, { type: 'text-delta', delta: 'a' }));
      else say(socket, answer(id, { errorText: 'no quota' }, { error: true, done: true }));
    });
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([{ errorMessage: 'no quota' }]);
    const abort = new AbortController();
    const result = collectAnswer(client, { ...ask, message: 'hold' }, { signal: abort.signal }, () =>
      abort.abort(),
    );
    expect((await result).error).toMatchObject({ code: 'cancelled' });
    await server.until(({ received }) => received.length === 3);
    expect(server.received[2]).toEqual({ type: 'cf_agent_chat_request_cancel', id: server.received[1]!.id });
    expect(server.openSockets).toBe(1);
  });
});

describe('cloudflare-ai-gateway.yaml', () => {
  it('matches answers by event id', async () => {
    const waiting: [string, WebSocket][] = [];
    await start(
      'cloudflare-ai-gateway.yaml',
      ({ request }, socket) => {
        const { eventId, query } = request as { eventId: string; query: { prompt: string } };
        waiting.push([eventId, socket]);
        const event = (type: string, id: string, response?: object) => ({
          type: `universal.${type}`,
          metadata: { eventId: id },
          ...(response === undefined ? {} : { response }),
        });
        if (query.prompt === 'first') return;
        for (const [id, to] of waiting) {
          say(to, event('created', id), event('stream', id, { response: `re ${id === eventId ? 2 : 1}` }));
        }
        for (const [id, to] of waiting.reverse()) {
          say(to, event('stream', id, { response: '', usage: { total_tokens: 9 } }), event('done', id));
        }
      },
      {},
      { requestsPerConnection: 8 },
    );
    const first = collectAnswer(client, { ...ask, message: 'first' });
    await server.until(({ received }) => received.length === 1);
    expect(await collectAnswer(client, { ...ask, message: 'second' })).toMatchObject({
      text: 're 2',
      completion: { usage: { totalTokens: 9 } },
    });
    expect(await first).toMatchObject({ text: 're 1' });
    expect(server.clients).toHaveLength(1);
    expect(server.upgrades[0]!.headers).toMatchObject({ 'cf-aig-authorization': 'Bearer sk-secret' });
  });
});

describe('lm-studio.yaml', () => {
  /** Simulates LM Studio; the answer to `hold` continues until it is canceled. */
  const studio: OnFrame = (frame, socket) => {
    const { type, channelId, creationParameter } = frame;
    const send = (message: object) => say(socket, { type: 'channelSend', channelId, message });
    const piece = (content: string) => send({ type: 'fragment', fragment: { content } });
    const stats = { promptTokensCount: 5, predictedTokensCount: 7, totalTokensCount: 12 };
    if (frame.authVersion === 1) say(socket, { success: frame.clientPasskey === 'key-of-mine' });
    else if (type === 'channelSend') send({ type: 'success', stats: { stopReason: 'userStopped' } });
    else if (JSON.stringify(creationParameter).includes('broken')) {
      say(socket, { type: 'channelError', channelId, error: { title: 'no model' } });
    } else {
      piece('Hel');
      if (JSON.stringify(creationParameter).includes('hold')) return;
      piece('lo');
      send({ type: 'success', stats: { ...stats, stopReason: 'eosFound' } });
      say(socket, { type: 'channelClose', channelId });
    }
  };

  it('authenticates, then opens a numbered channel for each answer', async () => {
    await start('lm-studio.yaml', studio, { passkey: 'key-of-mine' });
    const [first, second] = [await collectAnswer(client, ask), await collectAnswer(client, ask)];
    for (const result of [first, second]) {
      expect(result).toMatchObject({
        text: 'Hello',
        completion: {
          finishReason: 'eosFound',
          usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 },
        },
      });
    }
    const channels = server.received.filter(({ type }) => type === 'channelCreate');
    expect(channels.map(({ channelId }) => channelId)).toEqual([1, 2]);
    expect(channels[0]).toMatchObject({
      endpoint: 'predict',
      creationParameter: {
        history: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] },
      },
    });
  });

  it('reads errors, and cancels a channel', async () => {
    await start('lm-studio.yaml', studio, { passkey: 'key-of-mine' });
    const broken = await collectAnswer(client, { ...ask, message: 'broken' });
    expect(broken.attempts).toMatchObject([{ errorMessage: 'no model' }]);
    const abort = new AbortController();
    await collectAnswer(client, { ...ask, message: 'hold' }, { signal: abort.signal }, () => abort.abort());
    await server.until(({ received }) => received.length === 4);
    expect(server.received[3]).toEqual({ type: 'channelSend', channelId: 2, message: { type: 'cancel' } });
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'Hello' });
    expect(server.clients.length).toBeLessThanOrEqual(2);
  });

  it('is rejected without the right passkey', async () => {
    await start('lm-studio.yaml', studio, { passkey: 'another-key' });
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([{ outcome: 'failed' }]);
  });
});
