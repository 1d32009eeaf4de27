import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fakeRealtime,
  type FakeResponse,
  fakeResponses,
  officialError,
  ScriptedServer,
  sessionCreated,
} from '#testing';
import { textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';

const examples = new URL('../../examples/protocols/', import.meta.url).pathname;

/**
 * Real: the application, its file, Postgres, HTTP and WebSocket. Mocked: four LLM servers, of which each speaks
 * differently: openai-responses, openai-realtime, Petals by a description, and the guide's JSON.
 */
describe('a fallback chain of different protocols', () => {
  let folder: string;
  let stack: Stack;
  let responses: ScriptedServer;
  let realtime: ScriptedServer;
  let petals: ScriptedServer;
  /** How the servers answer; set by each test. */
  let play: { responses: FakeResponse; realtime: 'answers' | 'fails'; petals: 'answers' | 'fails' };

  beforeAll(async () => {
    responses = await ScriptedServer.start(fakeResponses(() => play.responses));
    realtime = await ScriptedServer.start(
      fakeRealtime(() =>
        play.realtime === 'answers' ? { pieces: ['real', 'time'] } : { end: 'failed', pieces: [] },
      ),
    );
    realtime.greeting = [sessionCreated];
    petals = await ScriptedServer.start(({ type }, socket) => {
      const frame =
        play.petals === 'fails'
          ? { ok: false, traceback: 'no GPU' }
          : { ok: true, ...(type === 'generate' ? { outputs: 'petals', stop: true } : {}) };
      socket.send(JSON.stringify(frame));
    });
    folder = mkdtempSync(join(tmpdir(), 'parley-protocols-'));
    const path = join(folder, 'llm.yaml');
    stack = await Stack.start({
      behavior: { reply: 'guide' },
      environment: ([guide]) => {
        writeFileSync(
          path,
          `
routes:
  - { name: one, endpoints: [${responses.url}], protocol: openai-responses, model: big }
  - { name: two, endpoints: [${realtime.url}], protocol: openai-realtime }
  - { name: three, endpoints: [${petals.url}], protocol: ${examples}petals.yaml, variables: { max_length: 99 } }
  - { name: four, endpoints: [${guide!.url}] }
retry: { max_retries: 0 }
breaker: { failures: 1000, min_requests: 1000 }
`,
        );
        return { LLM_WEBSOCKET_URL: '', LLM_CONFIG: path, LLM_API_KEY: 'key-of-all' };
      },
    });
  });
  beforeEach(() => (play = { responses: {}, realtime: 'answers', petals: 'answers' }));
  afterAll(async () => {
    await stack?.stop();
    await Promise.all([responses, realtime, petals].map((server) => server?.stop()));
    rmSync(folder, { recursive: true });
  });

  const broken = officialError(500, 'server_error', 'server_error', 'broken');
  /** The answer, and the routes of its attempts. */
  async function ask(): Promise<[text: unknown, routes: unknown]> {
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    const run = await stack.call('GET', `/api/runs/${body.run_id as string}`);
    return [body.response, (run.body.attempts as { route: string }[]).map(({ route }) => route)];
  }

  it('tries one after another', async () => {
    expect(await ask()).toEqual(['Hello', ['one']]);
    play.responses = { error: broken };
    expect(await ask()).toEqual(['realtime', ['one', 'two']]);
    play.realtime = 'fails';
    expect(await ask()).toEqual(['petals', ['one', 'two', 'three']]);
    play.petals = 'fails';
    expect(await ask()).toEqual(['guide', ['one', 'two', 'three', 'four']]);
    expect(responses.received.at(-1)).toMatchObject({ type: 'response.create', model: 'big' });
    expect(petals.received.at(-1)).toMatchObject({ type: 'open_inference_session', max_length: 99 });
    expect(realtime.upgrades[0]!.headers).toMatchObject({ authorization: 'Bearer key-of-all' });
  });

  it('streams, with the usage of each server', async () => {
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(textOf(events)).toBe('Hello');
    expect(events.filter(({ event }) => event === 'message.delta')).toHaveLength(2);
    const completed = events.find(({ event }) => event === 'message.completed')!;
    expect(completed.data.message).toMatchObject({
      content: 'Hello',
      model: 'big',
      usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
    });
  });

  it('restarts the text if one server is interrupted and the next has another protocol', async () => {
    play.responses = { pieces: ['Half an answ'], end: 'failed' };
    const events = await stack.events('/api/chat', { message: 'hi' });
    expect(textOf(events)).toBe('realtime');
    expect(events.filter(({ event }) => event === 'run.retrying')).toHaveLength(1);
    expect(events.at(-1)!.data.run.status).toBe('completed');
  });

  it('sends the history to each server in its protocol', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'one' });
    const { conversation_id } = first.body;
    play.responses = { error: broken };
    play.realtime = 'fails';
    await stack.call('POST', '/api/chat', { message: 'two', conversation_id });
    const text = (server: ScriptedServer) => JSON.stringify(server.received.at(-1));
    expect(text(realtime)).toContain('{"type":"output_text","text":"Hello"}');
    expect(petals.received.at(-1)).toMatchObject({
      inputs: 'user: one\nassistant: Hello\nuser: two\nassistant:',
    });
  });
});
