import { LlmClient } from '../../routing/llm-client.js';
import { credentials, collectAnswer } from '../../testing/client-setup.js';
import { hasPython, PythonServer, ScriptedServer } from '#testing';
import { plain, streamed } from '../../testing/transport-setup.js';
import { describedProtocol } from '../described.js';
import { type LlmMessage, type LlmProtocol } from '../protocol.js';

const clientOf = (url: string, protocol: string | LlmProtocol = 'typed-events') =>
  new LlmClient({
    routes: [{ name: 'r', endpoints: [url], model: 'm', protocol, credentials }],
    retry: { maxRetries: 0 },
  });

const turn = (question: string, answer: string): LlmMessage[] => [
  { role: 'user', content: question },
  { role: 'assistant', content: answer },
];

(hasPython() ? describe : describe.skip)('typed-events, with a server in Python', () => {
  let server: PythonServer;
  let client: LlmClient;

  beforeAll(async () => {
    server = await PythonServer.start('typed_events.py');
  });
  afterEach(() => client.close());
  afterAll(() => server.stop());

  it.each([
    ['/chat', 3],
    ['/token', 3],
    ['/chunk', 3],
    // Its end has an empty last piece.
    ['/completed', 3],
  ])('reads the pieces of %s', async (path, deltas) => {
    client = clientOf(server.url(path));
    expect(await collectAnswer(client, streamed)).toMatchObject({
      text: '1: you said hi',
      deltas,
      restarts: [],
      completion: { text: '1: you said hi', finishReason: 'completed' },
    });
  });

  it('relies on the memory of the server, and sends what it cannot know', async () => {
    client = clientOf(server.url('/chat'));
    const first = { ...plain, conversationId: 'c', message: 'a' };
    expect(await client.complete(first)).toMatchObject({ text: '1: you said a' });
    const history = turn('a', '1: you said a');
    const second = { ...first, message: 'b', history };
    expect(await client.complete(second)).toMatchObject({ text: '2: you said b' });
    expect(await client.complete({ ...second, message: 'instead of b' })).toMatchObject({
      text: '1: you said user: a\nassistant: 1: you said a\nuser: instead of b\nassistant:',
    });
  });

  it('reads an error, and reuses the connection', async () => {
    client = clientOf(server.url('/chat'));
    const { attempts } = await collectAnswer(client, { ...streamed, message: 'crash' });
    expect(attempts).toMatchObject([{ errorMessage: 'Sorry, something went wrong.' }]);
    expect(await client.complete(plain)).toMatchObject({ text: '1: you said hi' });
  });
});

describe('typed-events', () => {
  it.each<[string, object[], string]>([
    [
      'an echo as a human',
      [
        { sender: 'human', message: 'x', type: 'stream' },
        { type: 'token', content: 'a' },
      ],
      'a',
    ],
    ['data', [{ type: 'delta', data: 'a' }], 'a'],
    ['chunks without a type', [{ chunk: 'a' }, { chunk: 'b' }], 'ab'],
    ['a ping', [{ type: 'ping' }, { type: 'chunk', text: 'a' }], 'a'],
  ])('reads %s', async (_, frames, text) => {
    const server = await ScriptedServer.start((__, socket) =>
      [...frames, { type: 'end' }].forEach((frame) => socket.send(JSON.stringify(frame))),
    );
    const client = clientOf(server.url);
    expect(await client.complete(streamed)).toMatchObject({ text });
    expect(server.received).toEqual([{ $: 'hi' }]);
    client.close();
    await server.stop();
  });

  it.each([
    [{ type: 'error', error: 'out of memory' }, 'server_error', 'out of memory'],
    [{ error: { code: 'rate_limited', message: 'slow' } }, 'rate_limited', 'slow'],
    [{ type: 'error', detail: 'no model', code: 'model_not_found' }, 'model_not_found', 'no model'],
  ])('reads the error %j', async (frame, code, message) => {
    const server = await ScriptedServer.start((_, socket) => socket.send(JSON.stringify(frame)));
    const client = clientOf(server.url);
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([{ errorCode: code, errorMessage: message }]);
    client.close();
    await server.stop();
  });

  it('may be extended by a request of another form', async () => {
    const own = describedProtocol({
      name: 'mine',
      extends: 'typed-events',
      request: { send: { message: '{{message}}', session: '{{conversation_id}}' } },
    });
    const server = await ScriptedServer.start((_, socket) => {
      socket.send('{"type":"token","content":"a"}');
      socket.send('{"type":"done"}');
    });
    const client = clientOf(server.url, own);
    expect(await client.complete({ ...plain, conversationId: 'c' })).toMatchObject({ text: 'a' });
    expect(server.received).toEqual([{ message: 'hi', session: 'c' }]);
    client.close();
    await server.stop();
  });
});

describe('a description that extends another one', () => {
  it('must extend an existing one', () => {
    expect(() => describedProtocol({ name: 'x', extends: 'guide' })).toThrow(
      '/extends must be a shipped protocol that is described: openai-responses, openai-realtime',
    );
  });
});
