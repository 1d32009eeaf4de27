import { once } from 'node:events';
import { ConnectProxy, ScriptedServer, testCertificate } from '#testing';
import { FakeClock } from '../../testing/fake-clock.js';
import { dialOf, poolContext } from '../../testing/transport-setup.js';
import { dial } from './dial.js';
import { systemTrust } from './trust.js';

/** Real: sockets, TLS and an HTTP proxy on the loopback interface. */
describe('a connection through a proxy', () => {
  let proxy: ConnectProxy;
  let server: ScriptedServer;
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
  });
  afterEach(async () => {
    await proxy.stop();
    await server.stop();
  });

  const start = async (isServerSecure: boolean, isProxySecure = false) => {
    proxy = await ConnectProxy.start(isProxySecure);
    server = await ScriptedServer.start((_, client) => client.send('{"response":"hi"}'), isServerSecure);
  };
  const open = (url: string, httpsProxy = proxy.url, noProxy = '') => {
    const secureContext = systemTrust(testCertificate);
    const context = poolContext(url, { secureContext, proxy: { httpsProxy, noProxy } }, clock);
    return dial(dialOf(context), context.options, clock, new AbortController().signal);
  };

  it.each([
    ['ws:', 'http:', false, false],
    ['wss:', 'http:', true, false],
    ['ws:', 'https:', false, true],
    ['wss:', 'https:', true, true],
  ])(
    '%s through %s counts bytes, and sends the password to the proxy alone',
    async (_, __, tls, proxyTls) => {
      await start(tls, proxyTls);
      const { webSocket, tcp } = await open(server.url, proxy.urlWith('ann:p%40ss'));
      webSocket.send('{"message":"hi"}');
      await once(webSocket, 'message');
      expect(proxy.targets).toEqual([new URL(server.url).host]);
      expect(proxy.headers[0]!['proxy-authorization']).toBe(`Basic ${btoa('ann:p@ss')}`);
      expect(server.upgrades[0]!.headers).not.toHaveProperty('proxy-authorization');
      const before = tcp.bytesRead;
      webSocket.send('{"message":"hi"}');
      await once(webSocket, 'message');
      expect(tcp.bytesRead).toBeGreaterThan(before);
      webSocket.terminate();
    },
  );

  it('lets the proxy resolve names', async () => {
    await start(false);
    proxy.port = Number(new URL(server.url).port);
    const { webSocket } = await open('ws://llm.invalid/');
    expect(proxy.targets).toEqual(['llm.invalid:80']);
    webSocket.terminate();
  });

  it('compares the certificate with the name of the server', async () => {
    await start(true);
    proxy.port = Number(new URL(server.url).port);
    await expect(open('wss://10.0.0.7/')).rejects.toThrow(/through the proxy http:\S+: .*10\.0\.0\.7/);
    await expect(open('wss://llm.invalid/')).rejects.toThrow(/does not match|llm\.invalid/);
  });

  it('is not used for a server in NO_PROXY', async () => {
    await start(false);
    const { webSocket } = await open(server.url, proxy.url, '127.0.0.1');
    expect(proxy.targets).toEqual([]);
    webSocket.terminate();
  });

  it.each([
    [407, 'elsewhere', /HTTP 407 \(user and password in HTTPS_PROXY/],
    [403, 'elsewhere', /HTTP 403$/],
    [502, 'anywhere', /HTTP 502$/],
  ])('names the proxy that refuses with %i, without its password', async (status, scope, message) => {
    await start(false);
    proxy.status = status;
    const error: unknown = await open(server.url, proxy.urlWith('ann:hunter2')).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'connect_failed',
      scope,
      message: expect.stringMatching(message) as string,
      publicMessage: `the LLM server cannot be reached: the proxy refused with HTTP ${status}`,
    });
    expect(String(error)).toContain(proxy.url);
    expect(String(error)).not.toMatch(/ann:|hunter2/);
    expect(clock.pending).toBe(0);
  });

  it('names a proxy that cannot be reached', async () => {
    await start(false);
    await expect(open(server.url, 'http://ann:hunter2@127.0.0.1:1')).rejects.toThrow(
      /cannot be reached through the proxy http:\/\/127\.0\.0\.1:1\/: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
  });

  it('is given up at the limit if the proxy does not respond', async () => {
    await start(false);
    proxy.status = 0;
    const failed = expect(open(server.url)).rejects.toMatchObject({ code: 'connect_timeout' });
    while (proxy.targets.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_000);
    await failed;
    while (proxy.openSockets > 0) await new Promise((resolve) => setImmediate(resolve));
  });
});
