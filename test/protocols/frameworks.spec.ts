import { GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { type LlmClient } from '#llm';
import { ScriptedServer, type OnFrame } from '#testing';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { exampleClient, exampleProtocol } from './example-client.js';

const ask = { ...streamed, conversationId: 'c1' };
let client: LlmClient;
afterEach(() => client.close());

describe('graphql-transport-ws.yaml', () => {
  let server: WebSocketServer;
  let stopped = 0;

  async function* pieces(prompt: string): AsyncGenerator<{ answer: string }, void> {
    try {
      if (prompt === 'refuse') throw new Error('no model');
      yield { answer: 'You said ' };
      if (prompt === 'break') throw new Error('it broke');
      yield { answer: prompt };
      while (prompt === 'hold') {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield { answer: '.' };
      }
    } finally {
      stopped += 1;
    }
  }

  const text = { type: GraphQLString };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { version: text } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        answer: {
          ...text,
          args: { prompt: { type: new GraphQLNonNull(GraphQLString) } },
          subscribe: (_: unknown, { prompt }: { prompt: string }) => pieces(prompt),
        },
      },
    }),
  });

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql' });
    // The server of the package graphql-ws.
    useServer(
      { schema, onConnect: ({ connectionParams }) => connectionParams?.Authorization === 'Bearer sk-secret' },
      server,
    );
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  const start = (more: Parameters<typeof exampleClient>[3] = {}) => {
    const { port } = server.address() as AddressInfo;
    client = exampleClient('graphql-transport-ws.yaml', `ws://127.0.0.1:${port}`, {}, more);
  };

  it('subscribes to several answers on a connection', async () => {
    start({ requestsPerConnection: 4 });
    const both = ['a', 'b'].map((message) => collectAnswer(client, { ...ask, message }));
    expect((await Promise.all(both)).map(({ text: whole }) => whole)).toEqual(['You said a', 'You said b']);
    expect(server.clients.size).toBe(1);
  });

  it('reads errors before and within an answer', async () => {
    start({ requestsPerConnection: 4 });
    for (const message of ['refuse', 'break']) {
      const { attempts } = await collectAnswer(client, { ...ask, message });
      expect(attempts).toMatchObject([{ outcome: 'failed' }]);
    }
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'You said hi' });
  });

  it('reads a refused key', async () => {
    start({ credentials: { apiKey: 'other', apiVersion: '1', clientId: 'c', variables: {} } });
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([{ errorCode: 'unauthorized' }]);
  });

  it('cancels a subscription, and keeps the connection', async () => {
    start({ requestsPerConnection: 4 });
    await collectAnswer(client, ask);
    const before = stopped;
    const abort = new AbortController();
    await collectAnswer(client, { ...ask, message: 'hold' }, { signal: abort.signal }, () => abort.abort());
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'You said hi' });
    while (stopped < before + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.clients.size).toBe(1);
  });
});

describe('phoenix-channels.yaml', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());

  /** Simulates a channel of Phoenix; `topics` are those that may be joined. */
  const channel: OnFrame = (frame, socket) => {
    const [joinRef, ref, topic, event, payload] = frame as unknown as [
      string,
      string,
      string,
      string,
      { text: string },
    ];
    const push = (name: string, more: object, of: string | null = null) =>
      socket.send(JSON.stringify([joinRef, of, topic, name, more]));
    const reply = (status: string, response: object = {}) => push('phx_reply', { status, response }, ref);
    if (event === 'phx_join')
      return reply(topic === 'chat:lobby' ? 'ok' : 'error', { reason: 'unmatched topic' });
    if (payload.text === 'crash') return push('phx_error', {});
    if (payload.text === 'refuse') return reply('error', { reason: 'rate limit' });
    reply('ok');
    for (const text of ['You said ', payload.text]) push('token', { text });
    push('done', {});
  };
  const start = async (topic = 'chat:lobby') => {
    server = await ScriptedServer.start(channel);
    client = exampleClient('phoenix-channels.yaml', server.url, { topic });
  };

  it('joins the channel, and reads the events of an answer', async () => {
    await start();
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'You said hi', deltas: 2 });
    expect(server.received).toEqual([
      ['1', '1', 'chat:lobby', 'phx_join', {}],
      ['1', expect.any(String), 'chat:lobby', 'new_message', { text: 'hi' }],
    ]);
    expect(server.upgrades[0]!.url).toBe('/socket/websocket?vsn=2.0.0&token=sk-secret');
  });

  it.each([
    ['refuse', 'rate limit'],
    ['crash', ''],
  ])('reads the error of %s', async (message, says) => {
    await start();
    const { attempts } = await collectAnswer(client, { ...ask, message });
    expect(attempts).toMatchObject([
      { outcome: 'failed', errorMessage: expect.stringContaining(says) as string },
    ]);
  });

  it('reads that the channel cannot be joined', async () => {
    await start('chat:other');
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([{ errorMessage: 'unmatched topic' }]);
  });
});

describe('rasa.yaml', () => {
  it('ends an answer after its last message', async () => {
    const http = createServer();
    const io = new Server(http);
    const asked: unknown[] = [];
    io.on('connection', (socket) =>
      socket.on('user_uttered', (said: { message: string }) => {
        asked.push(said);
        for (const text of ['You said ', said.message]) socket.emit('bot_uttered', { text });
      }),
    );
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const protocol = exampleProtocol('rasa.yaml');
    expect(protocol.connection).toMatchObject({ silenceEndMs: 2_000 });
    const connection = { ...protocol.connection, silenceEndMs: 100 };
    client = exampleClient(
      'rasa.yaml',
      `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
      {},
      {
        protocol: { ...protocol, connection },
      },
    );
    expect(await collectAnswer(client, ask)).toMatchObject({
      text: 'You said hi',
      completion: { text: 'You said hi' },
    });
    expect(asked).toEqual([{ message: 'hi', session_id: 'c1' }]);
    client.close();
    await io.close();
  });
});

describe('exllamav2.yaml', () => {
  it('completes a prompt', async () => {
    const server = await ScriptedServer.start(({ request_id, text }, socket) => {
      const frame = { action: 'infer', request_id };
      for (const chunk of ['Hel', 'lo']) {
        socket.send(JSON.stringify({ ...frame, response_type: 'chunk', chunk }));
      }
      socket.send(JSON.stringify({ ...frame, response_type: 'full', util_text: text, response: 'Hello' }));
    });
    client = exampleClient('exllamav2.yaml', server.url);
    const request = { ...ask, maxTokens: 100 };
    const { completion } = await collectAnswer(client, request);
    expect(completion).toMatchObject({ text: 'Hello' });
    const history = [
      { role: 'user' as const, content: 'a' },
      { role: 'assistant' as const, content: 'b' },
    ];
    await collectAnswer(client, { ...request, history });
    expect(server.received).toMatchObject([
      {
        action: 'infer',
        text: 'user: hi\nassistant:',
        max_new_tokens: 100,
        stream: true,
        stop_conditions: ['\nuser:'],
      },
      { text: 'user: a\nassistant: b\nuser: hi\nassistant:' },
    ]);
    client.close();
    await server.stop();
  });
});
