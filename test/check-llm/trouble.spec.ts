import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedServer } from '#testing';
import { checkLlm } from './check-llm.js';

interface Finding {
  check: string;
  verdict: string;
  says: string;
  advice?: string;
}

const shortTimeouts = { LLM_CONNECT_TIMEOUT: '1', LLM_FIRST_TOKEN_TIMEOUT: '1', LLM_TIMEOUT: '3' };

/** Each problem is reported with advice, and without a stack trace. */
describe('npm run check-llm reports', () => {
  let listener: Server | undefined;
  let server: ScriptedServer | undefined;
  afterEach(async () => {
    listener?.close();
    await server?.stop();
    listener = server = undefined;
  });

  const listening = async (started: Server): Promise<string> => {
    listener = started.listen(0, '127.0.0.1');
    await once(started, 'listening');
    return `ws://127.0.0.1:${(started.address() as AddressInfo).port}/`;
  };
  const failures = async (url: string, env: Record<string, string> = shortTimeouts): Promise<Finding[]> => {
    const { exitCode, out } = await checkLlm([url, '--json'], env);
    expect(exitCode).toBe(1);
    const { works, findings } = JSON.parse(out) as { works: boolean; findings: Finding[] };
    expect(works).toBe(false);
    return findings.filter(({ verdict }) => verdict === 'fails');
  };

  it('a web server without a WebSocket', async () => {
    const url = await listening(createHttpServer((_, response) => response.end('hello')));
    expect(await failures(url)).toMatchObject([
      { check: 'connect', says: expect.stringContaining('HTTP 200'), advice: expect.stringContaining('/ws') },
    ]);
  });

  it('a server that does not speak HTTP', async () => {
    const url = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await failures(url)).toMatchObject([
      { check: 'connect', advice: expect.stringContaining('does not speak HTTP') },
    ]);
  });

  it('a server that accepts connections and then hangs', async () => {
    const url = await listening(createServer((socket) => socket.on('error', () => undefined)));
    expect(await failures(url)).toMatchObject([
      {
        check: 'connect',
        says: expect.stringContaining('1000 ms'),
        advice: expect.stringContaining('firewall'),
      },
    ]);
  });

  it.each([
    [{}, 'The server requires a key: set LLM_API_KEY.'],
    [{ LLM_API_KEY: 'wrong' }, 'The key in LLM_API_KEY is rejected: is it for this server, and still valid?'],
  ])('a missing or wrong key, by HTTP status (%j)', async (env, advice) => {
    server = await ScriptedServer.start();
    server.judge = () => 401;
    expect(await failures(server.url, env)).toMatchObject([{ check: 'connect', advice }]);
  });

  it('a missing key, by close code', async () => {
    server = await ScriptedServer.start((_, client) => client.close(1008, 'who are you?'));
    expect(await failures(server.url)).toMatchObject([
      {
        check: 'streamed answer',
        says: expect.stringContaining('1008: who are you?'),
        advice: expect.stringContaining('set LLM_API_KEY'),
      },
    ]);
  }, 60_000);

  it('a server that does not respond', async () => {
    server = await ScriptedServer.start();
    const { exitCode, out } = await checkLlm([server.url], shortTimeouts);
    expect(exitCode).toBe(1);
    expect(out).toContain('The server does not respond.');
    expect(out).toMatch(/takes up to \d+ s if the server stays silent/);
    expect(out).toMatch(/the server sent nothing in response to \d+ request frames/);
    expect(out).toContain('give one with --send');
    expect(out).toContain('a list');
  }, 60_000);

  it('text in binary frames, which the protocol does not allow', async () => {
    server = await ScriptedServer.start((frame, client) =>
      client.send(Buffer.from(JSON.stringify({ response: `You said ${String(frame.message)}`, done: true }))),
    );
    const { exitCode, out } = await checkLlm([server.url], { ...shortTimeouts, LLM_PROTOCOL: 'guide' });
    expect([exitCode, out]).toEqual([1, expect.stringContaining('it is binary')]);
    expect(out).toContain('It speaks examples/protocols/guide-lenient.yaml');
  }, 60_000);

  it('a server that refuses everything with the same JSON', async () => {
    server = await ScriptedServer.start((_, client) =>
      client.send(JSON.stringify({ message: 'Forbidden', connectionId: 'Y1', requestId: randomUUID() })),
    );
    const { exitCode, out } = await checkLlm([server.url, '--json'], shortTimeouts);
    const { recognised } = JSON.parse(out) as { recognised: { draft: string | null; lacks: string } };
    expect([exitCode, recognised.draft]).toEqual([1, null]);
    expect(recognised.lacks).toContain('“Forbidden”');
  }, 60_000);

  it('the protocol that the frames of a server show', async () => {
    server = await ScriptedServer.start(({ jsonrpc, id }, client) => {
      if (jsonrpc === '2.0')
        client.send(JSON.stringify({ jsonrpc, id, result: { agentCapabilities: {}, protocolVersion: 1 } }));
    });
    const { out } = await checkLlm([server.url], shortTimeouts);
    expect(out).toContain('It speaks ACP');
  }, 60_000);

  it('a server that stops at an invalid frame', async () => {
    server = await ScriptedServer.start((frame, client) => {
      if (frame.$ === undefined)
        client.send(JSON.stringify({ response: `You said ${String(frame.message)}`, done: true }));
      else void server!.stop().then(() => (server = undefined));
    });
    expect(await failures(server.url)).toMatchObject([
      { check: 'invalid frame', says: 'After an invalid frame the server no longer answers any client.' },
      { check: 'after an error', says: expect.stringContaining('no longer reachable') },
    ]);
  }, 60_000);

  it('a file for the draft that exists, or whose folder does not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-draft-'));
    const file = join(folder, 'mine.yaml');
    await writeFile(file, 'name: mine\n');
    const existing = await checkLlm(['ws://127.0.0.1:1/', '--draft', file]);
    expect(existing).toMatchObject({ exitCode: 2, err: expect.stringContaining('already exists') as string });
    const withoutFolder = await checkLlm(['ws://127.0.0.1:1/', '--draft', join(folder, 'no', 'such.yaml')]);
    expect(withoutFolder).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('cannot be written') as string,
    });
    await rm(folder, { recursive: true });
  });
});
