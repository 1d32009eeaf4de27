import { LLMock } from '@copilotkit/aimock';
import { type WebSocket } from 'ws';
import { LlmClient } from '../../routing/llm-client.js';
import { credentials, collectAnswer } from '../../testing/client-setup.js';
import { type OnFrame, ScriptedServer } from '#testing';
import { plain, streamed } from '../../testing/transport-setup.js';
import { type ProtocolValue } from '../protocol-context.js';
import { type LlmMessage } from '../protocol.js';

let server: ScriptedServer;
let client: LlmClient;

const clientOf = (url: string, variables: Record<string, ProtocolValue> = {}) =>
  new LlmClient({
    routes: [
      {
        name: 'r',
        endpoints: [url],
        model: 'gemini',
        protocol: 'gemini-live',
        credentials: { ...credentials, variables },
      },
    ],
    retry: { maxRetries: 0 },
  });

/** Google's server sends its JSON in binary frames. */
const say = (socket: WebSocket, ...frames: object[]) =>
  frames.forEach((frame) => socket.send(Buffer.from(JSON.stringify(frame))));

const text = (piece: string) => ({ serverContent: { modelTurn: { parts: [{ text: piece }] } } });
const end = {
  serverContent: { turnComplete: true },
  usageMetadata: { promptTokenCount: 5, responseTokenCount: 7, totalTokenCount: 12 },
};

/** Simulates the server; `answer` sends the frames after a question. */
function fakeGemini(answer: OnFrame): OnFrame {
  return (frame, socket) => {
    if ('setup' in frame) say(socket, { setupComplete: {} });
    else answer(frame, socket);
  };
}

async function start(answer: OnFrame, variables?: Record<string, ProtocolValue>): Promise<void> {
  server = await ScriptedServer.start(fakeGemini(answer));
  client = clientOf(server.url, variables);
}

afterEach(async () => {
  client.close();
  await server.stop();
});

const setups = () => server.received.filter((frame) => 'setup' in frame);
const turns = () => server.received.flatMap(({ clientContent }) => (clientContent ? [clientContent] : []));
const hello: OnFrame = (_, socket) => say(socket, text('Hel'), text('lo'), end);

describe('gemini-live', () => {
  it('sets up the session, sends the history, and reads the answer', async () => {
    await start(hello);
    const history: LlmMessage[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    expect(await collectAnswer(client, { ...streamed, history })).toMatchObject({
      text: 'Hello',
      deltas: 2,
      completion: { model: 'gemini', usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 } },
    });
    expect(server.upgrades[0]!.url).toBe(
      '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=sk-secret',
    );
    expect(server.upgrades[0]!.headers).not.toHaveProperty('authorization');
    expect(setups()).toEqual([
      {
        setup: {
          model: 'models/gemini',
          generationConfig: { responseModalities: ['TEXT'] },
          outputAudioTranscription: {},
        },
      },
    ]);
    expect(turns()).toEqual([
      {
        turns: [
          { role: 'user', parts: [{ text: 'a' }] },
          { role: 'model', parts: [{ text: 'b' }] },
          { role: 'user', parts: [{ text: 'hi' }] },
        ],
        turnComplete: true,
      },
    ]);
  });

  it('continues the conversation of a connection, and opens a new one for any other', async () => {
    await start(hello);
    const conversation = { ...streamed, conversationId: 'c' };
    await client.complete(conversation);
    const history: LlmMessage[] = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hello' },
    ];
    await client.complete({ ...conversation, message: 'on', history });
    expect(server.clients).toHaveLength(1);
    expect(turns()[1]).toMatchObject({ turns: [{ role: 'user', parts: [{ text: 'on' }] }] });
    await client.complete({ ...streamed, conversationId: 'd' });
    await client.complete({ ...conversation, message: 'other', history });
    expect(server.clients).toHaveLength(3);
    expect(turns()[3]).toHaveProperty('turns.length', 3);
  });

  it('opens a connection for each model', async () => {
    await start(hello);
    await client.complete({ ...plain, model: 'other' });
    const history: LlmMessage[] = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hello' },
    ];
    await client.complete({ ...plain, message: 'on', history });
    expect(setups()).toMatchObject([
      { setup: { model: 'models/other' } },
      { setup: { model: 'models/gemini' } },
    ]);
  });

  it('reads the transcription of audio, and text in the last frame', async () => {
    await start(
      (_, socket) =>
        say(
          socket,
          { serverContent: { outputTranscription: { text: 'Hel' } } },
          { serverContent: { modelTurn: { parts: [{ inlineData: { data: 'AAAA' } }] } } },
          { serverContent: { outputTranscription: { text: 'lo' }, turnComplete: true } },
        ),
      { modality: 'AUDIO' },
    );
    expect(await client.complete(streamed)).toMatchObject({ text: 'Hello' });
    expect(setups()).toMatchObject([{ setup: { generationConfig: { responseModalities: ['AUDIO'] } } }]);
  });

  it('completes the answer when the server announces a close, then closes the connection', async () => {
    await start((_, socket) => say(socket, text('Hel'), { goAway: { timeLeft: '10s' } }, text('lo'), end));
    const conversation = { ...streamed, conversationId: 'c' };
    expect(await client.complete(conversation)).toMatchObject({ text: 'Hello' });
    await server.until(({ openSockets }) => openSockets === 0);
  });

  it.each([
    [1007, 'invalid_request', 'never'],
    [1008, 'unauthorized', 'elsewhere'],
    [1011, 'internal_error', 'anywhere'],
  ])('reads the close code %i', async (code, expected, scope) => {
    await start((_, socket) => socket.close(code, 'API key sk-secret not valid'));
    const { attempts, error } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([{ errorCode: expected, errorMessage: 'API key [secret] not valid' }]);
    const failure = scope === 'never' ? error : (error as Error).cause;
    expect(failure).toHaveProperty('scope', scope);
  });

  it('cancels by closing', async () => {
    await start((_, socket) => say(socket, text('Hel')));
    const abort = new AbortController();
    await collectAnswer(client, streamed, { signal: abort.signal }, () => abort.abort());
    await server.until(({ openSockets }) => openSockets === 0);
  });
});

describe('aimock, as a server', () => {
  let aimock: LLMock;
  beforeEach(async () => {
    // `start` assigns the server that afterEach stops.
    await start(hello);
    aimock = new LLMock({ port: 0, latency: 1, chunkSize: 4 });
    aimock.onMessage('weather', { content: 'It rains in Hamburg.' });
    aimock.onMessage('limit', { error: { message: 'slow', type: 'RESOURCE_EXHAUSTED' }, status: 429 });
    client = clientOf((await aimock.start()).replace('http', 'ws'));
  });
  afterEach(() => aimock.stop());

  it('streams answers, and remembers messages', async () => {
    const conversation = { ...streamed, message: 'the weather?', conversationId: 'c' };
    const result = await collectAnswer(client, conversation);
    expect(result).toMatchObject({ text: 'It rains in Hamburg.', deltas: 5 });
    const history: LlmMessage[] = [
      { role: 'user', content: conversation.message },
      { role: 'assistant', content: result.text },
    ];
    await client.complete({ ...conversation, message: 'and the weather tomorrow?', history });
    const [, second] = aimock.getRequests();
    expect(second!.body).toMatchObject({
      messages: [
        { role: 'user', content: 'the weather?' },
        { role: 'assistant', content: 'It rains in Hamburg.' },
        { role: 'user', content: 'and the weather tomorrow?' },
      ],
    });
  });

  it('reports errors', async () => {
    const { attempts } = await collectAnswer(client, { ...streamed, message: 'limit' });
    expect(attempts).toMatchObject([{ errorCode: 'rate_limited', errorMessage: 'slow' }]);
  });
});
