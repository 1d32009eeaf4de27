import { once } from 'node:events';
import { MockLlm } from '#mock-llm';
import { LlmConnectError, LlmTimeoutError } from '../../errors/connection-errors.js';
import { LlmHandshakeError } from '../../errors/handshake-errors.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { ScriptedServer, testCertificate } from '#testing';
import { SilentServer } from '../../testing/silent-server.js';
import { dialOf, poolContext } from '../../testing/transport-setup.js';
import { dial } from './dial.js';
import { type TransportOptions } from '../transport-options.js';
import { systemTrust } from './trust.js';

const { signal } = new AbortController();
let clock: FakeClock;
let mock: MockLlm;

beforeEach(async () => {
  clock = new FakeClock();
  mock = await MockLlm.start();
});
afterEach(() => mock.stop());

function connect(url = mock.url, options: Partial<TransportOptions> = {}, abort = signal) {
  const context = poolContext(url, options, clock);
  return dial(dialOf(context), context.options, clock, abort);
}

describe('dial', () => {
  it('opens a socket with our headers, without Origin and without compression', async () => {
    const { webSocket, tcp } = await connect();
    webSocket.send('{"message":"hi"}');
    await once(webSocket, 'message');
    const [request] = mock.requests;
    expect(request!.headers).toMatchObject({ 'x-test': 'yes', 'user-agent': 'parley' });
    expect(request!.headers).not.toHaveProperty('origin');
    expect(webSocket.extensions).toBe('');
    expect(tcp.bytesRead).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
    webSocket.terminate();
  });

  it('reports a port without a listener', async () => {
    await mock.goDown();
    await expect(connect()).rejects.toBeInstanceOf(LlmConnectError);
    await expect(connect()).rejects.toMatchObject({
      code: 'connect_failed',
      message: expect.stringMatching(/^ws:\/\/server\/ cannot be reached: .*ECONNREFUSED/) as string,
    });
    expect(clock.pending).toBe(0);
  });

  it('tries both loopback addresses for localhost, and names them', async () => {
    const url = mock.url.replace('127.0.0.1', 'localhost');
    (await connect(url)).webSocket.terminate();
    await mock.goDown();
    await expect(connect(url)).rejects.toThrow(/127\.0\.0\.1:\d+; connect E\w+ ::1:\d+/);
  });

  it.each([
    [401, null, { code: 'unauthorized', retryAfterMs: undefined }],
    [429, 2, { code: 'rate_limited', retryAfterMs: 2_000 }],
    [503, null, { code: 'overloaded' }],
    [302, null, { code: 'handshake_refused' }],
  ])('reports a handshake that is refused with %i', async (refuse, retryAfter, expected) => {
    mock.behave({ refuse, retryAfter });
    const refused = connect();
    await expect(refused).rejects.toBeInstanceOf(LlmHandshakeError);
    await expect(refused).rejects.toMatchObject({ status: refuse, ...expected });
    expect(clock.pending).toBe(0);
  });

  it('times out if the server accepts the connection and then sends nothing', async () => {
    const silent = await SilentServer.start();
    const hung = connect(silent.url);
    await silent.connected;
    clock.advance(4_999);
    clock.advance(1);
    await expect(hung).rejects.toBeInstanceOf(LlmTimeoutError);
    await expect(hung).rejects.toMatchObject({ phase: 'connect', code: 'connect_timeout' });
    await silent.disconnected;
    await silent.stop();
  });

  it('rejects with the reason of the signal, and closes the socket', async () => {
    const silent = await SilentServer.start();
    const caller = new AbortController();
    const hung = connect(silent.url, {}, caller.signal);
    await silent.connected;
    caller.abort(new Error('enough'));
    await expect(hung).rejects.toThrow('enough');
    await silent.disconnected;
    expect(clock.pending).toBe(0);
    await silent.stop();
  });

  it('does not connect if the signal is already aborted', async () => {
    await expect(connect(mock.url, {}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(mock.connectionsAccepted).toBe(0);
  });
});

describe('wss', () => {
  let server: ScriptedServer;

  beforeEach(async () => {
    server = await ScriptedServer.start(() => undefined, true);
  });
  afterEach(() => server.stop());

  it('trusts an additional certificate authority', async () => {
    const { webSocket, tcp } = await connect(server.url, { secureContext: systemTrust(testCertificate) });
    expect(webSocket.readyState).toBe(webSocket.OPEN);
    expect(tcp).toHaveProperty('authorized', true);
    webSocket.terminate();
  });

  it.each([
    ['without any setting', {}],
    ['with the default authorities', { secureContext: systemTrust() }],
  ])('rejects a self-signed certificate %s', async (_, options) => {
    const refused = connect(server.url, options);
    await expect(refused).rejects.toBeInstanceOf(LlmConnectError);
    await expect(refused).rejects.toThrow('self-signed certificate');
  });
});
