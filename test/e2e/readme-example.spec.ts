import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';

/** A Python that has the `websockets` package (Debian: python3-websockets), if this machine has one. */
const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import websockets']).status === 0,
);

/** The README's example of a server, as it stands there, on a port of ours. */
function example(port: number): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return /^```python\n([\s\S]*?)^```$/m.exec(readme)![1]!.replace('9000', String(port));
}

/** Another stack's WebSocket, which knows the guide's JSON and nothing of Parley. Skipped where there is no such Python. */
(python === undefined ? describe.skip : describe)("README's LLM server in Python", () => {
  let server: ChildProcess;
  let stack: Stack;

  beforeAll(async () => {
    const port = await freePort();
    server = spawn(python!, ['-c', example(port)], { stdio: 'ignore' });
    await reachable(port);
    stack = await Stack.start({ environment: { LLM_WEBSOCKET_URL: `ws://127.0.0.1:${port}` } });
  });
  afterAll(async () => {
    await stack?.stop();
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });

  it('has at most thirty lines', () => {
    expect(example(9000).trimEnd().split('\n').length).toBeLessThanOrEqual(30);
  });

  it('answers whole and in pieces, and is told what was said before', async () => {
    const first = await stack.call('POST', '/api/chat', { message: 'hi' });
    expect([first.status, first.body]).toMatchObject([
      200,
      { response: 'You said: hi. Before that I was told 0 messages.', model: 'echo-1', source: 'primary' },
    ]);
    const { conversation_id } = first.body;
    const events = await stack.events('/api/chat', { message: 'again', conversation_id });
    expect(textOf(events)).toBe('You said: again. Before that I was told 2 messages.');
    expect(events.filter(({ event }) => event === 'message.delta').length).toBeGreaterThan(1);
    expect(events.map(({ event }) => event)).not.toContain('run.retrying');
    expect(events.at(-1)!.data.run.status).toBe('completed');
  });
});

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** Resolves when something listens there. */
async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
}
