import { AgentSideConnection, ndJsonStream, RequestError, type Agent } from '@agentclientprotocol/sdk';
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { type LlmClient } from '#llm';
import { ScriptedServer, type OnFrame } from '#testing';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { exampleClient } from './example-client.js';

const ask = { ...streamed, conversationId: 'c1' };
const say = (socket: WebSocket, ...frames: object[]) =>
  frames.forEach((frame) => socket.send(JSON.stringify(frame)));
let client: LlmClient;
afterEach(() => client.close());

/** Begins an answer, waits for its first piece and cancels it. */
async function cancelAfterPiece(message: string): Promise<void> {
  const abort = new AbortController();
  await collectAnswer(client, { ...ask, message }, { signal: abort.signal }, () => abort.abort());
}

describe('acp.yaml', () => {
  let server: WebSocketServer;
  const cancelled: string[] = [];

  /** An agent of the package @agentclientprotocol/sdk. */
  const agentOf = (connection: AgentSideConnection): Agent => {
    let sessions = 0;
    return {
      initialize: () => Promise.resolve({ protocolVersion: 1, agentCapabilities: {}, authMethods: [] }),
      newSession: () => Promise.resolve({ sessionId: `s${(sessions += 1)}` }),
      authenticate: () => Promise.resolve({}),
      cancel: ({ sessionId }: { sessionId: string }) => {
        cancelled.push(sessionId);
        return Promise.resolve();
      },
      async prompt({ sessionId, prompt }: { sessionId: string; prompt: { text?: string }[] }) {
        const text = prompt.map(({ text: part = '' }) => part).join('');
        if (text === 'fail') throw RequestError.internalError({ details: 'upstream 529' }, 'overloaded');
        const options = [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' as const }];
        const toolCall = { toolCallId: 'call1', title: 'rm -r /' };
        const asked = { sessionId, options, toolCall };
        const { outcome } = (await connection.requestPermission(asked)) as { outcome: { outcome: string } };
        for (const piece of [`${outcome.outcome}: `, 'You said ', text]) {
          const update = {
            sessionUpdate: 'agent_message_chunk' as const,
            content: { type: 'text' as const, text: piece },
          };
          await connection.sessionUpdate({ sessionId, update });
        }
        while (text === 'hold' && !cancelled.includes(sessionId)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return { stopReason: text === 'hold' ? 'cancelled' : 'end_turn' };
      },
    };
  };

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      const output = new WritableStream<Uint8Array>({
        write: (bytes) => socket.send(Buffer.from(bytes).toString()),
      });
      const input = new ReadableStream<Uint8Array>({
        start: (controller) => {
          socket.on('message', (data) => controller.enqueue(data as Buffer));
          socket.on('close', () => controller.close());
        },
      });
      new AgentSideConnection(agentOf, ndJsonStream(output, input));
    });
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    const { port } = server.address() as AddressInfo;
    client = exampleClient('acp.yaml', `ws://127.0.0.1:${port}`, {}, { requestsPerConnection: 4 });
  });

  it('creates a session for each answer, and declines permissions', async () => {
    const both = ['a', 'b'].map((message) => collectAnswer(client, { ...ask, message }));
    expect((await Promise.all(both)).map(({ text }) => text)).toEqual([
      'cancelled: You said a',
      'cancelled: You said b',
    ]);
    expect(await collectAnswer(client, ask)).toMatchObject({ completion: { finishReason: 'end_turn' } });
    expect(server.clients.size).toBe(1);
  });

  it('reads errors, and cancels an answer', async () => {
    // The package logs errors of the agent.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await collectAnswer(client, { ...ask, message: 'fail' })).attempts).toMatchObject([
      { errorMessage: expect.stringContaining('overloaded') as string },
    ]);
    await cancelAfterPiece('hold');
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'cancelled: You said hi' });
    expect(cancelled).toHaveLength(1);
  });
});

describe('home-assistant.yaml', () => {
  let server: ScriptedServer;
  afterEach(() => server.stop());
  const event = (id: unknown, type: string, data: object | null) => ({
    id,
    type: 'event',
    event: { type, data },
  });

  /** Simulates Home Assistant: ids have to increase, and an error is followed by the event run-end. */
  const assist: () => OnFrame = () => {
    let lastId = 0;
    return (frame, socket) => {
      const { id, type, input } = frame as { id: number; type: string; input: { text: string } };
      if (type === 'auth') {
        if (frame.access_token === 'sk-secret') say(socket, { type: 'auth_ok' });
        else say(socket, { type: 'auth_invalid', message: 'Invalid access token' });
        return;
      }
      if (id <= lastId) {
        const error = { code: 'id_reuse', message: 'Identifier values have to increase.' };
        return say(socket, { id, type: 'result', success: false, error });
      }
      lastId = id;
      if (type === 'ping') return say(socket, { id, type: 'pong' });
      say(socket, { id, type: 'result', success: true, result: null });
      if (type !== 'assist_pipeline/run') return;
      say(
        socket,
        event(id, 'run-start', {}),
        event(id, 'intent-progress', { chat_log_delta: { role: 'assistant' } }),
      );
      if (input.text === 'fail') {
        say(
          socket,
          event(id, 'error', { code: 'intent-failed', message: 'no agent' }),
          event(id, 'run-end', null),
        );
        return;
      }
      for (const content of ['You said ', input.text]) {
        say(socket, event(id, 'intent-progress', { chat_log_delta: { content } }));
      }
      if (input.text === 'hold') return;
      const response = { speech: { plain: { speech: `You said ${input.text}` } } };
      say(socket, event(id, 'intent-end', { intent_output: { response } }), event(id, 'run-end', null));
    };
  };
  const start = async (apiKey = 'sk-secret') => {
    server = await ScriptedServer.start(assist());
    server.greeting = [{ type: 'auth_required', ha_version: '2025.9.1' }];
    const credentials = { apiKey, apiVersion: '1', clientId: 'c', variables: {} };
    client = exampleClient('home-assistant.yaml', server.url, {}, { credentials, requestsPerConnection: 4 });
  };

  it('authenticates, and asks the pipeline with increasing ids', async () => {
    await start();
    const both = ['a', 'b'].map((message) => collectAnswer(client, { ...ask, message }));
    expect((await Promise.all(both)).map(({ completion }) => completion!.text)).toEqual([
      'You said a',
      'You said b',
    ]);
    expect(server.received[1]).toEqual({
      id: 1,
      type: 'assist_pipeline/run',
      start_stage: 'intent',
      end_stage: 'intent',
      input: { text: 'a' },
      conversation_id: 'c1',
    });
    expect(server.upgrades[0]!.url).toBe('/api/websocket');
  });

  it('reads errors, and keeps the connection', async () => {
    await start();
    expect((await collectAnswer(client, { ...ask, message: 'fail' })).attempts).toMatchObject([
      { errorCode: 'intent_failed', errorMessage: 'no agent' },
    ]);
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'You said hi' });
    expect(server.clients).toHaveLength(1);
  });

  it('reads a refused token', async () => {
    await start('wrong-token');
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([
      { errorCode: 'unauthorized', errorMessage: 'Invalid access token' },
    ]);
  });

  it('cancels with an id of its own', async () => {
    await start();
    await collectAnswer(client, ask);
    await cancelAfterPiece('hold');
    await server.until(({ received }) => received.length === 4);
    expect(server.received[3]).toEqual({ id: 3, type: 'unsubscribe_events', subscription: 2 });
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'You said hi' });
    expect(server.clients).toHaveLength(1);
  });
});

describe('goose.yaml', () => {
  let http: Server;
  const received: Record<string, unknown>[] = [];

  /** Simulates goose web: GET / creates a session, whose messages it remembers. */
  beforeAll(async () => {
    const sessions = new Map<string, string[]>();
    http = createServer((_, response) => {
      const id = `20261126_${sessions.size + 1}`;
      sessions.set(id, []);
      response.writeHead(307, { Location: `/session/${id}` }).end();
    });
    new WebSocketServer({ server: http }).on('connection', (socket) =>
      socket.on('message', (data) => {
        const frame = JSON.parse((data as Buffer).toString()) as {
          session_id: string;
          content: string;
          type: string;
        };
        received.push(frame);
        const session = sessions.get(frame.session_id)!;
        if (frame.type === 'cancel')
          return say(socket, { type: 'cancelled', message: 'Operation cancelled' });
        session.push(frame.content);
        say(socket, { type: 'thinking', message: 'Let me see.' });
        const complete = { type: 'complete', message: 'Response complete' };
        if (frame.content.includes('fail'))
          return say(socket, { type: 'error', message: 'Authentication error' }, complete);
        const content = `${session.length}: ${frame.content}`;
        say(socket, { type: 'response', content, role: 'assistant' });
        if (!frame.content.includes('hold')) say(socket, complete);
      }),
    );
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });
  beforeEach(() => {
    received.length = 0;
    client = exampleClient('goose.yaml', `ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  });

  it('creates a session for each conversation, which then gets only new messages', async () => {
    const first = await collectAnswer(client, { ...ask, message: 'one' });
    const history = [
      { role: 'user' as const, content: 'one' },
      { role: 'assistant' as const, content: first.text },
    ];
    const second = await collectAnswer(client, { ...ask, message: 'two', history });
    const other = await collectAnswer(client, { ...ask, message: 'three', conversationId: 'c2' });
    expect([first.text, second.text, other.text]).toEqual(['1: one', '2: two', '1: three']);
    const sessions = received.map(({ session_id }) => session_id);
    expect(sessions[0]).toMatch(/^20261126_\d+$/);
    expect([sessions[1] === sessions[0], sessions[2] === sessions[0]]).toEqual([true, false]);
  });

  it('reads an error that `complete` follows', async () => {
    expect((await collectAnswer(client, { ...ask, message: 'fail' })).attempts).toMatchObject([
      { errorMessage: 'Authentication error' },
    ]);
    expect(await collectAnswer(client, ask)).toMatchObject({ text: '1: hi' });
  });

  it('cancels', async () => {
    await cancelAfterPiece('hold');
    await collectAnswer(client, ask);
    const cancelOf = received.find(({ type }) => type === 'cancel');
    expect(cancelOf).toEqual({ type: 'cancel', session_id: received[0]!.session_id });
  });
});
