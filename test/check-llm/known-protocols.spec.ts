import { LLMock } from '@copilotkit/aimock';
import { readFile } from 'node:fs/promises';
import {
  fakeRealtime,
  fakeResponses,
  fakeSpark,
  hasPython,
  judgeSparkUpgrade,
  type OnFrame,
  PythonServer,
  ScriptedServer,
  sessionCreated,
} from '#testing';
import { checkLlm } from './check-llm.js';

const pieces = ['One, ', 'two, ', 'three.'];
const works = { exitCode: 0, out: expect.stringContaining('Parley can work with this server.') as string };

/** Real: sockets. Mocked: servers of the shipped protocols, with the protocol configured or detected. */
describe('npm run check-llm with shipped protocols', () => {
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  const serve = async (onFrame: OnFrame, greeting: object[] = []): Promise<string> => {
    server = await ScriptedServer.start(onFrame);
    server.greeting = greeting;
    return server.url;
  };

  it('detects openai-responses', async () => {
    const result = await checkLlm([await serve(fakeResponses(() => ({ pieces })))]);
    expect(result).toMatchObject(works);
    expect(result.out).toContain('Set LLM_PROTOCOL=openai-responses.');
  }, 60_000);

  it('detects openai-realtime', async () => {
    const result = await checkLlm([
      await serve(
        fakeRealtime(() => ({ pieces })),
        [sessionCreated],
      ),
    ]);
    expect(result).toMatchObject(works);
    expect(result.out).toContain('Set LLM_PROTOCOL=openai-realtime.');
  }, 60_000);

  it('detects an agent of ACP, which answers only after initialize', async () => {
    const opened = new Set<object>();
    let sessions = 0;
    const url = await serve(({ id, method, params }, socket) => {
      const say = (frame: object) => socket.send(`${JSON.stringify({ jsonrpc: '2.0', ...frame })}\n`);
      if (method === 'initialize') opened.add(socket);
      if (!opened.has(socket)) return say({ id, error: { code: -32002, message: 'not initialized' } });
      if (method === 'initialize') say({ id, result: { protocolVersion: 1 } });
      else if (method === 'session/new') say({ id, result: { sessionId: `s${(sessions += 1)}` } });
      else if (method === 'session/prompt') {
        const { sessionId } = params as { sessionId: string };
        for (const text of pieces) {
          const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } };
          say({ method: 'session/update', params: { sessionId, update } });
        }
        say({ id, result: { stopReason: 'end_turn' } });
      } else if (method !== 'session/cancel') say({ id, error: { code: -32601, message: 'unknown method' } });
    });
    const { out } = await checkLlm([url]);
    expect(out).toContain('Set LLM_PROTOCOL=examples/protocols/acp.yaml.');
  }, 60_000);

  it('accepts iflytek-spark, and signs its address', async () => {
    const url = await serve(fakeSpark(() => ({ pieces })));
    const account = { key: 'spark-key', secret: 'spark-secret' };
    server!.judge = (upgrade) => judgeSparkUpgrade(upgrade, { ...account, now: Date.now() });
    const env = {
      LLM_API_KEY: account.key,
      LLM_PROTOCOL: 'iflytek-spark',
      LLM_PROTOCOL_VARIABLES: `app_id=1,api_secret=${account.secret}`,
    };
    expect(await checkLlm([url], env)).toMatchObject(works);
    const refused = await checkLlm([url], { ...env, LLM_API_KEY: 'another-key' });
    expect(refused).toMatchObject({ exitCode: 1, out: expect.stringContaining('HTTP 401') as string });
    expect(refused.out).not.toMatch(/another-key|spark-secret/);
  }, 60_000);

  it.each(['openai-responses', 'openai-realtime', 'gemini-live'])(
    'accepts %s of aimock',
    async (protocol) => {
      const aimock = new LLMock({ port: 0, latency: 1, chunkSize: 4 });
      const fixture = { content: pieces.join('') };
      aimock.on({ endpoint: 'realtime' }, fixture).on({}, fixture);
      const url = (await aimock.start()).replace('http', 'ws');
      const result = await checkLlm([url, '--protocol', protocol]);
      await aimock.stop();
      expect(result).toMatchObject(works);
      // aimock reports 0 tokens.
      expect(result.out).toContain('the server counts no tokens');
      expect(result.out).toMatch(/tokens per second +\d+ \(estimated/);
    },
    60_000,
  );
});

(hasPython() ? describe : describe.skip)('npm run check-llm with servers in Python', () => {
  it.each([
    ['typed_events.py', '/chat', 'typed-events'],
    ['typed_events.py', '/completed', 'typed-events'],
    ['text_generation_webui.py', '/api/v1/stream', 'examples/protocols/text-generation-webui.yaml'],
  ])(
    'detects the protocol of %s at %s',
    async (script, path, protocol) => {
      const server = await PythonServer.start(script);
      const result = await checkLlm([server.url(path)]);
      await server.stop();
      expect(result).toMatchObject(works);
      expect(result.out).toContain(`Set LLM_PROTOCOL=${protocol}.`);
    },
    120_000,
  );

  it("passes README's server", async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const server = await PythonServer.ofPage(readme);
    const result = await checkLlm([server.url('/')]);
    await server.stop();
    expect(result).toMatchObject(works);
    expect(result.out).toContain('0 different, 0 failed');
  }, 60_000);
});
