import { type WebSocket } from 'ws';
import { type LlmClient, type LlmMessage } from '#llm';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { hasPython, type OnFrame, PythonServer, ScriptedServer } from '#testing';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { exampleClient } from './example-client.js';

let server: ScriptedServer;
let client: LlmClient | undefined;

const say = (socket: WebSocket, ...frames: (object | string)[]) =>
  frames.forEach((frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)));

async function start(file: string, answer: OnFrame): Promise<LlmClient> {
  server = await ScriptedServer.start(answer);
  return (client = exampleClient(file, server.url));
}

const history: LlmMessage[] = [
  { role: 'user', content: 'a' },
  { role: 'assistant', content: 'b' },
];

describe('self-hosted servers', () => {
  afterEach(async () => {
    client?.close();
    await server.stop();
  });

  it('petals.yaml opens a session, then sends the prompt', async () => {
    const petals = await start('petals.yaml', ({ type }, socket) =>
      type === 'generate'
        ? say(socket, { ok: true, outputs: 'Hel', stop: false }, { ok: true, outputs: 'lo', stop: true })
        : say(socket, { ok: true }),
    );
    const answers = [
      await collectAnswer(petals, { ...streamed, temperature: 0.5 }),
      await collectAnswer(petals, streamed),
    ];
    for (const result of answers)
      expect(result).toMatchObject({ text: 'Hello', deltas: 2, completion: { text: 'Hello' } });
    expect(server.received.slice(0, 2)).toEqual([
      { type: 'open_inference_session', model: 'm', max_length: 2048 },
      {
        type: 'generate',
        inputs: 'hi',
        max_new_tokens: 1,
        stop_sequence: '</s>',
        do_sample: true,
        temperature: 0.5,
      },
    ]);
    expect([server.clients.length, server.upgrades[0]!.url]).toEqual([2, '/api/v2/generate']);
  });

  it('petals.yaml reads a traceback', async () => {
    const petals = await start('petals.yaml', (_, socket) => say(socket, { ok: false, traceback: 'no GPU' }));
    expect((await collectAnswer(petals, streamed)).attempts).toMatchObject([{ errorMessage: 'no GPU' }]);
  });

  /** Simulates the queue of a Gradio application up to its request for the data. */
  const queue: (answer: OnFrame) => OnFrame = (answer) => (frame, socket) => {
    if ('data' in frame) answer(frame, socket);
    else say(socket, { msg: 'estimation', rank: 0 }, { msg: 'send_data' });
  };
  const gradio = async (answer: OnFrame) => {
    const started = await start('gradio.yaml', queue(answer));
    server.greeting = [{ msg: 'send_hash' }];
    return started;
  };

  it('gradio.yaml waits in the queue, and converts repeated text to pieces', async () => {
    const started = await gradio((_, socket) =>
      say(
        socket,
        { msg: 'process_starts' },
        { msg: 'process_generating', output: { data: ['Hel'] }, success: true },
        { msg: 'process_generating', output: { data: ['Hello'] }, success: true },
        { msg: 'process_completed', output: { data: ['Hello!'] }, success: true },
      ),
    );
    expect(await collectAnswer(started, streamed)).toMatchObject({
      text: 'Hello!',
      restarts: [],
      completion: { text: 'Hello!' },
    });
    const [hash, data] = server.received;
    expect(hash).toEqual({ session_hash: expect.stringMatching(/^[0-9a-f]{12}$/) as string, fn_index: 0 });
    expect(data).toEqual({ data: ['hi'], event_data: null, ...hash });
  });

  it('gradio.yaml reads failures, in the queue and after it', async () => {
    const full = await gradio(() => undefined);
    server.greeting = [{ msg: 'queue_full' }];
    expect((await collectAnswer(full, streamed)).attempts).toMatchObject([{ errorCode: 'overloaded' }]);
    full.close();
    await server.stop();
    const failing = await gradio((_, socket) =>
      say(socket, { msg: 'process_completed', success: false, output: { error: 'CUDA' } }),
    );
    expect((await collectAnswer(failing, streamed)).attempts).toMatchObject([{ errorMessage: 'CUDA' }]);
  });

  it('langchain-chatchat.yaml distinguishes JSON and text', async () => {
    const chatchat = await start('langchain-chatchat.yaml', ({ question }, socket) =>
      say(socket, { question, turn: 1, flag: 'start' }, 'Hel', 'lo ', '{"not":"a piece"}', ' 42', {
        question,
        turn: 1,
        flag: 'end',
        sources_documents: [],
      }),
    );
    const result = await collectAnswer(chatchat, { ...streamed, history });
    expect(result).toMatchObject({ text: 'Hello  42', deltas: 3, restarts: [] });
    expect(server.received).toEqual([
      { question: 'hi', history: [['a', 'b']], knowledge_base_id: 'samples' },
    ]);
    expect(server.upgrades[0]!.url).toBe('/local_doc_qa/stream-chat/samples');
    expect(await collectAnswer(chatchat, streamed)).toMatchObject({ text: 'Hello  42' });
  });

  it('langchain-chatchat.yaml reads an error', async () => {
    const chatchat = await start('langchain-chatchat.yaml', (_, socket) => {
      say(socket, { error: 'Knowledge base samples not found' });
      socket.close();
    });
    expect((await collectAnswer(chatchat, streamed)).attempts).toMatchObject([
      { errorMessage: 'Knowledge base samples not found' },
    ]);
  });
});

(hasPython() ? describe : describe.skip)('text-generation-webui, in Python', () => {
  let webui: PythonServer;
  beforeAll(async () => {
    webui = await PythonServer.start('text_generation_webui.py');
  });
  afterEach(() => client?.close());
  afterAll(() => webui.stop());

  it('text-generation-webui.yaml appends', async () => {
    client = exampleClient('text-generation-webui.yaml', webui.url('/'));
    const result = await collectAnswer(client, { ...streamed, maxTokens: 200, history });
    expect(result).toMatchObject({ text: 'You said Assistant:', deltas: 3, restarts: [] });
    expect(await collectAnswer(client, { ...streamed, maxTokens: 2 })).toMatchObject({ text: 'You said ' });
  });

  it('text-generation-webui-chat.yaml reads the newest message of the whole conversation', async () => {
    client = exampleClient('text-generation-webui-chat.yaml', webui.url('/'));
    const result = await collectAnswer(client, { ...streamed, history });
    expect(result).toMatchObject({ text: 'You said hi', deltas: 3, restarts: [] });
  });
});
