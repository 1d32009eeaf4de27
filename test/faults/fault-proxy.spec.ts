import { MockLlm } from '#mock-llm';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { FaultProxy } from './fault-proxy.js';
import { handshakeBytes } from './proxy-fault.js';

/** The server sends this on each connection. */
const greeting = Buffer.from('0123456789');

describe('FaultProxy', () => {
  let server: Server;
  let arrived: Socket[];
  let proxy: FaultProxy;

  beforeEach(async () => {
    arrived = [];
    server = createServer((socket) => {
      arrived.push(socket);
      socket.on('error', () => undefined);
      socket.write(greeting);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await FaultProxy.start((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.stop();
    for (const socket of arrived) socket.destroy();
    server.close();
  });

  /**
   * Reads from a new connection until it ends, the greeting is complete, or `ms` have passed.
   * @returns end: `whole`, `fin`, an error code, or `open` after the timeout; took: in ms
   */
  async function read(ms = 5_000): Promise<{ text: string; end: string; pieces: number; took: number }> {
    const startedAt = performance.now();
    const socket = connect(proxy.port, '127.0.0.1');
    const bytes: Buffer[] = [];
    const ended = Promise.withResolvers<string>();
    socket.on('data', (data: Buffer) => {
      bytes.push(data);
      if (Buffer.concat(bytes).length === greeting.length) ended.resolve('whole');
    });
    socket.on('end', () => ended.resolve('fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => ended.resolve(error.code ?? 'error'));
    const timer = setTimeout(() => ended.resolve('open'), ms);
    const end = await ended.promise;
    clearTimeout(timer);
    socket.destroy();
    return {
      text: Buffer.concat(bytes).toString(),
      end,
      pieces: bytes.length,
      took: performance.now() - startedAt,
    };
  }

  it('passes bytes and FIN in both directions', async () => {
    expect(await read()).toMatchObject({ text: '0123456789', end: 'whole' });
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'data');
    socket.end('bye');
    const [bytes] = (await once(arrived.at(-1)!, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('bye');
    await once(socket, 'close');
    await proxy.waitForClients(0, 1_000);
  });

  it('refuses, and listens again on the same port', async () => {
    const { port } = proxy;
    await proxy.behave({ kind: 'refuse' });
    expect(await read()).toMatchObject({ text: '', end: 'ECONNREFUSED' });
    await proxy.behave({ kind: 'pass' });
    expect(proxy.port).toBe(port);
    expect(await read()).toMatchObject({ end: 'whole' });
  });

  it.each([0, 4])('resets after %i bytes', async (afterBytes) => {
    await proxy.behave({ kind: 'reset', afterBytes });
    // Bytes that were not read before the reset may be lost.
    const { text, end } = await read();
    expect(end).toBe('ECONNRESET');
    expect('0123'.slice(0, afterBytes).startsWith(text)).toBe(true);
  });

  it.each([0, 4])('truncates after %i bytes', async (afterBytes) => {
    await proxy.behave({ kind: 'truncate', afterBytes });
    expect(await read()).toMatchObject({ text: '0123'.slice(0, afterBytes), end: 'fin' });
  });

  it.each(['blackhole', 'half_open'] as const)('%s: neither bytes nor FIN arrive', async (kind) => {
    await proxy.behave({ kind, afterBytes: 4 });
    expect(await read(100)).toMatchObject({ text: '0123', end: 'open' });
    await proxy.waitForClients(0, 1_000);
  });

  it('half open: ignores the FIN of the client', async () => {
    await proxy.behave({ kind: 'half_open' });
    const socket = connect({ port: proxy.port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.end();
    const outcome = await Promise.race([
      once(socket, 'close').then(() => 'closed'),
      new Promise((resolve) => setTimeout(resolve, 100, 'open')),
    ]);
    expect(outcome).toBe('open');
    socket.destroy();
  });

  it('sends byte by byte after the unharmed bytes', async () => {
    await proxy.behave({ kind: 'drip', byteMs: 10, afterBytes: 5 });
    const { text, took, pieces } = await read();
    expect(text).toBe('0123456789');
    expect(took).toBeGreaterThan(45);
    expect(pieces).toBeGreaterThan(3);
  });

  it('limits the bandwidth', async () => {
    await proxy.behave({ kind: 'bandwidth', bytesPerSecond: 100 });
    const { text, took } = await read();
    expect(text).toBe('0123456789');
    expect(took).toBeGreaterThan(90);
  });

  it('sends small segments', async () => {
    await proxy.behave({ kind: 'slice' });
    expect(await read()).toMatchObject({ text: '0123456789', end: 'whole' });
  });

  it('delays', async () => {
    await proxy.behave({ kind: 'latency', ms: 50 });
    const { text, took } = await read();
    expect(text).toBe('0123456789');
    expect(took).toBeGreaterThan(48);
  });

  it('has the correct length of the handshake response', async () => {
    const mock = await MockLlm.start();
    proxy.target = mock.port;
    await proxy.behave({ kind: 'truncate', afterBytes: handshakeBytes });
    const webSocket = new WebSocket(`ws://127.0.0.1:${proxy.port}/chat`, { perMessageDeflate: false });
    await once(webSocket, 'open');
    await once(webSocket, 'close');
    await proxy.behave({ kind: 'truncate', afterBytes: handshakeBytes - 1 });
    const cut = new WebSocket(`ws://127.0.0.1:${proxy.port}/chat`, { perMessageDeflate: false });
    await expect(once(cut, 'open')).rejects.toThrow();
    await mock.stop();
  });

  it.each(['silent', 'forgotten'] as const)('loses open connections: %s', async (how) => {
    const socket = connect(proxy.port, '127.0.0.1');
    await once(socket, 'data');
    proxy.loseConnections(how);
    const end = Promise.withResolvers<string>();
    socket.on('error', (error: NodeJS.ErrnoException) => end.resolve(error.code ?? 'error'));
    socket.on('data', () => end.resolve('data'));
    arrived[0]!.write('lost');
    await read();
    socket.write('x');
    if (how === 'silent') {
      await read();
      end.resolve('nothing');
    }
    expect(await end.promise).toBe(how === 'silent' ? 'nothing' : 'ECONNRESET');
    socket.destroy();
  });
});
