import { type Behavior, MockLlm } from '#mock-llm';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasPython, PythonServer, ScriptedServer } from '#testing';
import { checkLlm } from './check-llm.js';
import { checked, containing } from './checked.js';

/** Real: sockets, mock LLMs and servers in Python. */
describe('npm run check-llm', () => {
  let mock: MockLlm | undefined;
  let server: ScriptedServer | undefined;

  afterEach(async () => {
    await mock?.stop();
    await server?.stop();
    mock = server = undefined;
  });

  const at = async (behavior: Partial<Behavior> = {}): Promise<string> => {
    mock = await MockLlm.start({ behavior: { tokens: 20, tokensPerSecond: 400, ...behavior } });
    return mock.url;
  };
  const verdicts = (out: string): Record<string, string> => {
    const { findings } = JSON.parse(out) as { findings: { check: string; verdict: string }[] };
    return Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
  };

  it('accepts a server of the guide protocol', async () => {
    const { exitCode, out } = await checkLlm([await at()]);
    expect(exitCode).toBe(0);
    expect(out).toContain('Parley can work with this server.');
    expect(out).toContain('LLM_MULTIPLEX=true');
    expect(out).not.toMatch(/[✗]/);
  }, 60_000);

  it('prints the same as JSON', async () => {
    const { exitCode, out } = await checkLlm([await at(), '--json']);
    expect([exitCode, Object.values(verdicts(out)).includes('fails')]).toEqual([0, false]);
    expect(verdicts(out)).toHaveProperty('cancel');
  }, 60_000);

  it.each<[string, Partial<Behavior>]>([
    ['responds with errors only', { errorCode: 'internal_error' }],
    ['ends the connection halfway', { cut: 'reset', afterTokens: 3 }],
    ['sends undecodable frames', { garbage: 'not-json', afterTokens: 0 }],
  ])(
    'fails when the server %s',
    async (_, behavior) => {
      const { exitCode, out } = await checkLlm([await at(behavior), '--json'], { LLM_TIMEOUT: '3' });
      expect(exitCode).toBe(1);
      expect(Object.values(verdicts(out))).toContain('fails');
    },
    60_000,
  );

  it.each([
    ['reads as a refusal', '{"response":"Forbidden","done":true}', '“Forbidden”'],
    [
      'has an id of its own',
      '{"response":"Request 1b2c-33f0-aa21 was refused","done":true}',
      'the same answer',
    ],
  ])(
    'fails if every question gets the same answer, which %s',
    async (_, frame, says) => {
      server = await ScriptedServer.start((_frame, client) => client.send(frame));
      const { exitCode, findings } = await checked(server.url);
      expect([exitCode, findings.content]).toMatchObject([1, { verdict: 'fails', says: containing(says) }]);
    },
    60_000,
  );

  it('sends a conversation id with every request, as Parley does, and asks with quotation marks', async () => {
    server = await ScriptedServer.start((frame, client) => {
      const { message, metadata } = frame as {
        message?: string;
        metadata?: { session_context: { conversation_id?: string } };
      };
      const isKnown = typeof metadata?.session_context.conversation_id === 'string';
      client.send(
        JSON.stringify(
          isKnown ? { response: `You said ${message}`, done: true } : { error: 'no conversation' },
        ),
      );
    });
    const { exitCode, findings } = await checked(server.url);
    expect([exitCode, findings['plain answer']?.verdict]).toEqual([0, 'works']);
    expect(server.received.map(({ message }) => String(message)).some((text) => /\n"\w+"$/.test(text))).toBe(
      true,
    );
  }, 60_000);

  it('says that only quotation marks fail', async () => {
    server = await ScriptedServer.start((frame, client) => {
      if (String(frame.message).includes('"')) client.close(1011);
      else client.send(JSON.stringify({ response: `You said ${String(frame.message)}`, done: true }));
    });
    expect((await checked(server.url)).findings['plain answer']).toMatchObject({
      verdict: 'fails',
      says: containing('without them is answered'),
    });
  }, 60_000);

  it('fails if the server is not reachable, and never shows the key', async () => {
    const url = (await at()).replace('ws://', 'ws://user:hush-hush@');
    await mock!.stop();
    const { exitCode, out } = await checkLlm([url], { LLM_API_KEY: 'a-secret-key-0123' });
    expect(exitCode).toBe(1);
    expect(out).not.toMatch(/hush-hush|a-secret-key/);
  }, 60_000);

  it.each([
    [['http://x'], 'ws://'],
    [['ws://127.0.0.1:1/', '--protocol', 'gude'], 'gude'],
    [['--nothing'], '--nothing'],
  ])('rejects %j with a reason', async (args, why) => {
    const { exitCode, err } = await checkLlm(args);
    expect(exitCode).toBe(2);
    expect(err).toContain(why);
  });
});

(hasPython() ? describe : describe.skip)('npm run check-llm with servers of unknown protocols', () => {
  let servers: PythonServer;
  let folder: string;

  beforeAll(async () => {
    servers = await PythonServer.start('odd_servers.py');
    folder = await mkdtemp(join(tmpdir(), 'parley-drafts-'));
  });
  afterAll(async () => {
    await servers.stop();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['tagged', '{"ask":"{{prompt}}","tag":"{{id}}"}'],
    ['flags', '{"utterance":"{{prompt}}"}'],
    ['single', '{"query":"{{prompt}}"}'],
  ])(
    'drafts a description of %s with which the check passes',
    async (name, frame) => {
      const draft = join(folder, `${name}.yaml`);
      const first = await checkLlm([servers.url(`/${name}`), '--send', frame, '--draft', draft]);
      expect(first.out).toContain(draft);
      expect(await readFile(draft, 'utf8')).toContain('name:');
      const again = await checkLlm([servers.url(`/${name}`), '--protocol', draft]);
      expect([again.exitCode, again.out]).toEqual([
        0,
        expect.stringContaining('Parley can work with this server.'),
      ]);
    },
    120_000,
  );

  it('ends answers after a pause if nothing marks the end', async () => {
    const { out } = await checkLlm([servers.url('/endless'), '--send', '{"a":"{{prompt}}"}', '--json']);
    const { recognised } = JSON.parse(out) as { recognised: { draft: string } };
    expect(recognised.draft).toContain('silence: 2');
  }, 60_000);
});
