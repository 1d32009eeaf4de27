import { LlmClient } from '../routing/llm-client.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { testProtocol } from '../testing/test-protocol.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { type OnFrame, ScriptedServer } from '#testing';
import { isUniqueRequestId, uniqueRequestId } from './request-id.js';
import { type TransportOptions } from './transport-options.js';

it('knows ids of its own form', () => {
  expect(isUniqueRequestId(uniqueRequestId('5f0c3a91b2d4', 12))).toBe(true);
  for (const other of [undefined, '', '12', '5f0c3a91b2d4', '5f0c3a91b2d4-', '5f0c3a91b2d4-1-2']) {
    expect(isUniqueRequestId(other)).toBe(false);
  }
});

/** Real: sockets and the client. */
describe('a server that repeats request ids', () => {
  const questions = 24;
  let server: ScriptedServer;
  let client: LlmClient;
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  /** Asks many questions at once, several times. @returns the wrong answers */
  const wrongAnswers = async (
    onFrame: OnFrame,
    transport: Partial<TransportOptions>,
    protocol?: LlmProtocol,
  ): Promise<string[]> => {
    server = await ScriptedServer.start(onFrame);
    const options = clientOptions([[server.url]], {
      transport: { reuse: 'settled', settleMs: 20, ...transport },
    });
    client = new LlmClient({ ...options, routes: options.routes.map((route) => ({ ...route, protocol })) });
    const wrong: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const ask = async (_: unknown, index: number): Promise<void> => {
        const message = `${round}.${index}`;
        const { text } = await client.complete({ message, conversationId: message, stream: index % 2 === 0 });
        if (text !== `<${message}>`) wrong.push(`${message}: ${text}`);
      };
      await Promise.all(Array.from({ length: questions }, ask));
    }
    return wrong;
  };
  const answerTo = ({ request_id, message }: Record<string, unknown>): string =>
    JSON.stringify({ request_id, response: `<${String(message)}>`, done: true });

  it.each([
    ['one request at a time', {}],
    ['shared connections', { maxConnections: 6, requestsPerConnection: 4 }],
  ])('may send each frame to all of its connections: %s', async (_, transport) => {
    const wrong = await wrongAnswers((frame) => {
      setTimeout(() => {
        for (const client of server.clients) client.send(answerTo(frame));
      }, 5);
    }, transport);
    expect(wrong).toEqual([]);
    expect(client.state).toMatchObject([{ reuse: 'ids' }]);
  });

  it('is recognized by its first frame: a later frame with a foreign id fails the answer', async () => {
    server = await ScriptedServer.start(({ request_id }, socket) => {
      socket.send(JSON.stringify({ request_id, chunk: 'own' }));
      socket.send(JSON.stringify({ request_id: 'answer-7', chunk: 'foreign' }));
    });
    const transport = { reuse: 'settled', settleMs: 20 } as const;
    client = new LlmClient(clientOptions([[server.url]], { transport, retry: { maxRetries: 0 } }));
    expect(await collectAnswer(client, { message: 'hi', stream: true })).toMatchObject({
      text: 'own',
      attempts: [{ errorCode: 'invalid_frame' }],
    });
  });

  it('may do so where ids are numbers', async () => {
    const onFrame: OnFrame = ({ id, ask }) => {
      setTimeout(() => {
        const answer = JSON.stringify({ id, all: `<${String(ask)}>`, end: true });
        for (const client of server.clients) client.send(answer);
      }, 5);
    };
    const transport = { maxConnections: 6, requestsPerConnection: 4 };
    expect(await wrongAnswers(onFrame, transport, testProtocol)).toEqual([]);
  });

  it('may find the connection of an answer by its id alone', async () => {
    const callers = new Map<unknown, Parameters<OnFrame>[1]>();
    const wrong = await wrongAnswers(
      (frame, client) => {
        callers.set(frame.request_id, client);
        setTimeout(() => callers.get(frame.request_id)!.send(answerTo(frame)), 5);
      },
      { maxConnections: 6, requestsPerConnection: 4 },
    );
    expect(wrong).toEqual([]);
  });
});
