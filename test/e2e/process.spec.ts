import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyCluster, Program } from '#testing';
import { claimedBy } from '../documents/claims.js';
import { usesBuild } from '../harness/build.js';

/** Only root on Linux can create a PID namespace. */
const canBeFirst = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

/** Real: the compiled server as `npm start` and `npm run start:prod` run it, its embedded Postgres and its signals. */
describe('the server as a process', () => {
  let directory: string;

  usesBuild();
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parley-process-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Gives the demo a cluster, for tests that are not about its creation. */
  const prepareData = (): void => copyCluster(join(directory, 'data', 'postgres'));
  const demo = (): Program =>
    new Program(
      'apps/server/src/demo',
      { PORT: '0', DATA_DIRECTORY: join(directory, 'data'), LOG_LEVEL: 'info' },
      { cwd: directory },
    );
  const urlOf = async (server: Program): Promise<string> =>
    (await server.waitForOutput(/Try:\s+curl (http:\/\/\S+)\/api\/chat/))[1]!;
  const chat = async (
    url: string,
    message: string,
    conversation_id?: string,
  ): Promise<Record<string, string>> => {
    const response = await fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message, conversation_id }),
    });
    return (await response.json()) as Record<string, string>;
  };
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('starts without any service, keeps its data after Ctrl-C and kill -9, and leaves no process behind', async () => {
    const first = demo();
    const url = await urlOf(first);
    const port = /embedded PostgreSQL on port (\d+)/.exec(first.output)![1]!;
    const form = (text: string): string =>
      text
        .replaceAll(/:\d+|port \d+/g, '#')
        .replaceAll(/data in \S+/g, 'data in #')
        .trimEnd();
    for (const { text } of claimedBy('test/e2e/process.spec.ts'))
      expect(form(first.output)).toContain(form(text));
    const { conversation_id, response } = await chat(url, 'what is 3*3?');
    expect(response).toBe('3*3 = 9.');
    expect(await first.stop('SIGINT')).toEqual({ code: 0, signal: null });
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();

    const second = demo();
    const again = await urlOf(second);
    expect((await chat(again, 'and once more?', conversation_id)).conversation_id).toBe(conversation_id);
    await second.stop('SIGKILL');

    const third = demo();
    const messages = await fetch(`${await urlOf(third)}/api/conversations/${conversation_id}/messages`);
    const { data } = (await messages.json()) as { data: { content: string }[] };
    expect(data.map(({ content }) => content)).toEqual(
      expect.arrayContaining(['what is 3*3?', '3*3 = 9.', 'and once more?']),
    );
    expect(await third.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    for (const { pid } of [first, second, third]) expect(isAlive(pid)).toBe(false);
  }, 120_000);

  it('stops within the drain time while an answer is generated', async () => {
    prepareData();
    const server = demo();
    const url = await urlOf(server);
    const response = await fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ message: 'write a long essay' }),
    });
    const reading = response.text();
    expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null });
    const events = await reading;
    expect(events).toContain('message.created');
    expect(events).not.toContain('run.finished');
  }, 60_000);

  // In a container it is PID 1, which receives only the signals that it has handlers for.
  (canBeFirst ? it : it.skip)(
    'ends with exit code 0 as PID 1',
    async () => {
      prepareData();
      const server = new Program(
        'apps/server/src/demo',
        { PORT: '0', DATA_DIRECTORY: join(directory, 'data'), LOG_LEVEL: 'info' },
        { cwd: directory, wrapper: ['unshare', '--pid', '--fork', '--kill-child'] },
      );
      expect((await chat(await urlOf(server), 'what is 3*3?')).response).toBe('3*3 = 9.');
      const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
      const first = Number(children);
      expect(await readFile(`/proc/${first}/status`, 'utf8')).toMatch(/^NSpid:\s+\d+\s+1$/m);
      process.kill(first, 'SIGTERM');
      expect(await server.ended).toEqual({ code: 0, signal: null });
    },
    60_000,
  );

  it('stops at once with exit code 0 on SIGTERM during the start', async () => {
    const server = demo();
    await server.waitForOutput(/Creating a new database/);
    expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('reports in one sentence that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    prepareData();
    const server = new Program(
      'apps/server/src/demo',
      { PORT: String(port), DATA_DIRECTORY: join(directory, 'data') },
      { cwd: directory },
    );
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.output).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(server.output).not.toContain('    at ');
    other.close();
  }, 60_000);

  it('refuses to start in production without a database and an LLM, and names both variables', async () => {
    const server = new Program('apps/server/src/main', { NODE_ENV: 'production' }, { cwd: directory });
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.output).toContain('DATABASE_URL');
    expect(server.output).toContain('LLM_WEBSOCKET_URL');
  });

  it('reports all mistakes of its configuration at once, without the secret', async () => {
    const server = new Program(
      'apps/server/src/main',
      {
        PORT: 'http',
        LLM_WEBSOCKET_URL: 'http://llm',
        LLM_TIMEOUT: '-1',
        AUTH: 'keys',
        API_KEYS: 'me:short',
      },
      { cwd: directory },
    );
    expect(await server.ended).toEqual({ code: 1, signal: null });
    for (const name of ['PORT', 'LLM_WEBSOCKET_URL', 'LLM_TIMEOUT', 'API_KEYS'])
      expect(server.output).toContain(name);
    expect(server.output).not.toContain('short');
  });

  it('reports all mistakes of its LLM file with their lines, without the secret', async () => {
    const path = join(directory, 'llm.yaml');
    await writeFile(path, 'routes:\n  - name: a\n    endpoint: [wss://me:secret-word@llm/chat]\n');
    const server = new Program(
      'apps/server/src/main',
      { LLM_CONFIG: path, PORT: 'http' },
      { cwd: directory },
    );
    expect(await server.ended).toEqual({ code: 1, signal: null });
    expect(server.output).toContain('PORT');
    expect(server.output).toContain(
      'llm.yaml:3:5 routes[0].endpoint is not known here; did you mean endpoints?',
    );
    expect(server.output).not.toContain('secret-word');
  });
});
