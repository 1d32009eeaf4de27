import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describedProtocol, LlmClient, shippedProtocols, type ProtocolDescription } from '#llm';
import { readLlmFile } from '../../apps/server/src/configuration/llm-file/read-llm-file.js';
import { readProtocolFile } from '../../apps/server/src/configuration/protocol-file/read-protocol-file.js';
import { credentials, collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { hasPython, PythonServer, ScriptedServer } from '#testing';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { claimedBy } from '../documents/claims.js';
import { runScripts } from '../documents/curl-log.js';
import { Stack } from '../harness/stack.js';
import { checkLlm } from '../check-llm/check-llm.js';

const root = new URL('../../', import.meta.url);
const document = readFileSync(new URL('docs/protocols.md', root), 'utf8');
const claimed = claimedBy('test/protocols/document.spec.ts');
const blocks = claimed.filter(({ language }) => language === 'yaml').map(({ text }) => text);

/** The completed description in the document. */
function found(): ProtocolDescription {
  const { value, mistakes } = readProtocolFile(blocks[2]!, 'found.yaml');
  expect(mistakes).toEqual([]);
  return value!;
}

describe('docs/protocols.md', () => {
  it('mentions every shipped protocol and every example', () => {
    const examples = globSync('examples/protocols/*', { cwd: root });
    const names = [...examples, ...shippedProtocols.map(({ name }) => `\`${name}\``)];
    expect(names.filter((name) => !document.includes(name))).toEqual([]);
    const links = [...document.matchAll(/\]\(\.\.\/([^)#]+)/g)].map(([, path]) => path!);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });

  it('names every key of a description', () => {
    const { properties } = JSON.parse(
      readFileSync(new URL('schemas/protocol.schema.json', root), 'utf8'),
    ) as {
      properties: Record<string, unknown>;
    };
    const missing = Object.keys(properties).filter((key) => !document.includes(`\`${key}\``));
    expect(missing).toEqual(['$schema']);
  });

  it('shows a valid LLM file', () => {
    const variables = { SPARK_KEY: 'k', SPARK_APP: 'a', SPARK_SECRET: 's' };
    const limits = { total: 30, retryMax: 5, breakerMaxOpen: 60 };
    expect(readLlmFile(blocks[0]!, 'llm.yaml', variables, limits).mistakes).toEqual([]);
  });

  it('shows a valid description of a Socket.IO server', () => {
    expect(readProtocolFile(blocks[3]!, 'socket-io.yaml').mistakes).toEqual([]);
  });

  it('describes the example server', async () => {
    const server = await ScriptedServer.start((frame, socket) => {
      const { ask, tag, stop } = frame;
      const say = (more: object) => socket.send(JSON.stringify({ tag, ...more }));
      if (stop !== undefined) socket.send(JSON.stringify({ kind: 'over', tag: stop }));
      else if (ask === 'much') say({ kind: 'oops', why: 'busy', wait: 2 });
      else {
        say({ kind: 'part', words: 'Hel' });
        if (ask === 'hold') return;
        say({ kind: 'part', words: 'lo' });
        say({ kind: 'over', tokens: { in: 5, out: 7 } });
      }
    });
    server.greeting = [{ kind: 'hello', version: 3 }];
    const client = new LlmClient({
      routes: [
        {
          name: 'found',
          endpoints: [server.url],
          model: 'm',
          protocol: describedProtocol(found()),
          requestsPerConnection: 32,
          credentials,
        },
      ],
      retry: { maxRetries: 0 },
    });
    const history = [{ role: 'assistant' as const, content: 'before' }];
    expect(await collectAnswer(client, { ...streamed, history })).toMatchObject({
      text: 'Hello',
      deltas: 2,
      completion: { usage: { inputTokens: 5, outputTokens: 7 } },
    });
    expect(server.received[0]).toMatchObject({ ask: 'hi', before: [{ who: 'assistant', said: 'before' }] });
    const refused = await collectAnswer(client, { ...streamed, message: 'much' });
    expect(refused.error).toMatchObject({ cause: { code: 'overloaded', retryAfterMs: 2000 } });
    const abort = new AbortController();
    await collectAnswer(client, { ...streamed, message: 'hold' }, { signal: abort.signal }, () =>
      abort.abort(),
    );
    await server.until(({ received }) => received.length === 4);
    expect(server.received[3]).toEqual({ stop: server.received[2]!.tag });
    expect(await collectAnswer(client, streamed)).toMatchObject({ text: 'Hello' });
    expect(server.clients).toHaveLength(1);
    client.close();
    await server.stop();
  });
});

/** The steps of the example, in order. */
(hasPython() ? describe : describe.skip)('the example of docs/protocols.md', () => {
  let server: PythonServer;
  let folder: string;

  beforeAll(async () => {
    server = await PythonServer.ofPage(document);
    folder = await mkdtemp(join(tmpdir(), 'parley-example-'));
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  it('leads from an unknown server to a check that passes', async () => {
    const file = join(folder, 'found.yaml');
    const commands = [...document.matchAll(/^npm run check-llm -- (.+)$/gm)].map(([, args]) =>
      args!.replace('ws://127.0.0.1:9000', server.url('/')).replace('found.yaml', file).split(' '),
    );
    expect(commands).toHaveLength(2);

    const first = await checkLlm(commands[0]!);
    expect([first.exitCode, first.out]).toEqual([
      0,
      expect.stringContaining('which a description can express'),
    ]);
    const draft = await readFile(file, 'utf8');
    expect(parse(draft)).toEqual(parse(blocks[1]!));
    const schema = /\$schema=(.+)/.exec(draft)![1]!;
    expect(existsSync(join(folder, schema))).toBe(true);

    await writeFile(file, blocks[2]!);
    const second = await checkLlm(commands[1]!);
    expect([second.exitCode, second.out]).toEqual([
      0,
      expect.stringContaining('Parley can work with this server. 14 as it should be, 0 different, 0 failed.'),
    ]);
    // Times and counts differ, and on a busy machine a frame may be on its way when the answer is canceled.
    const words = (text: string): string[] =>
      (text.match(/^ {2}[✓·!✗] .*$/gm) ?? []).map((line) =>
        line.replace(/, with \d+ frames? in between/, '').replaceAll(/[\d.]+/g, '#'),
      );
    expect(words(second.out)).toEqual(words(document));
  }, 180_000);

  it('chats with the server, with the variables that it says', async () => {
    const file = join(folder, 'chat.yaml');
    await writeFile(file, blocks[2]!);
    const [, start] = /^(LLM_\S+ LLM_\S+) npm start$/m.exec(document)!;
    const variables = Object.fromEntries(
      start!.split(' ').map((pair) => pair.split('=') as [string, string]),
    );
    expect(variables).toEqual({ LLM_WEBSOCKET_URL: 'ws://127.0.0.1:9000', LLM_PROTOCOL: 'found.yaml' });
    const stack = await Stack.start({
      environment: { LLM_WEBSOCKET_URL: server.url('/'), LLM_PROTOCOL: file },
    });
    const curls = [...document.matchAll(/^curl .+$/gm)].map(([line]) => line);
    const ran = await runScripts(curls, stack.url);
    await stack.stop();
    expect(ran.flatMap(({ calls }) => calls.map(({ path, status }) => `${path} ${status}`))).toEqual([
      '/api/llm/health 200',
      '/api/chat 200',
    ]);
    expect(ran[1]!.output).toContain("You said 'hi'");
  });

  it('shows frames as they are', () => {
    const [frames, report] = claimed.filter(({ language }) => language === 'text');
    const shown = [...frames!.text.matchAll(/^ {2}[←→] (\{.*\})$/gm)].map(
      ([, json]) => JSON.parse(json!) as object,
    );
    expect(shown.map((frame) => Object.keys(frame))).toEqual([
      ['kind', 'version'],
      ['ask', 'tag'],
      ['kind', 'tag', 'words'],
      ['kind', 'tag', 'words'],
      ['kind', 'tag', 'tokens'],
    ]);
    expect(report!.text).toContain('✓ connect');
    expect(claimed.map(({ language }) => language).toSorted()).toEqual([
      'python',
      'sh',
      'sh',
      'sh',
      'text',
      'text',
      'yaml',
      'yaml',
      'yaml',
      'yaml',
    ]);
  });
});
