import { RawHttp } from '#testing';
import { Stack } from '../harness/stack.js';

const { head } = RawHttp;
const page = 'http://localhost:5173';
const json = 'Content-Type: application/json';

/** The responses to raw requests, one connection each. */
async function ask(stack: Stack, request: string): Promise<{ status: number; text: string }> {
  const connection = await RawHttp.open(stack.url);
  connection.write(request);
  const text = await connection.untilClosed();
  connection.close();
  return { status: connection.statuses.at(-1)!, text };
}

const close = 'Connection: close';

/** Real: the application, sockets. */
describe('without keys', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({
      environment: { CORS_ORIGINS: page, ALLOWED_HOSTS: 'chat.example', TRUST_PROXY: 'loopback' },
    });
  });
  afterAll(() => stack.stop());

  const statusOf = async (target: string, headers: string[], method = 'GET') =>
    (await ask(stack, head(method, target, [...headers, close]))).status;

  it.each([
    '/api/conversations',
    '/v1/models',
    '/metrics',
    '/health',
    '/openapi.json',
    '/docs',
    '/',
    '/c/1',
    '/no/such/path',
    'http://127.0.0.1/api/conversations',
  ])('answers %s only for its own host names', async (target) => {
    for (const host of ['localhost', '127.0.0.1:1', '[::1]:3001', 'chat.example', 'CHAT.example:8443']) {
      expect([host, await statusOf(target, [`Host: ${host}`])]).not.toEqual([host, 421]);
    }
    for (const host of ['evil.example', '127.0.0.1.nip.io:3001', '192.168.1.5', '', '0.0.0.0:3001']) {
      expect([host, await statusOf(target, [`Host: ${host}`])]).toEqual([host, 421]);
    }
  });

  it('rejects other hosts with a problem, also under /v1, before the body and before CORS', async () => {
    const problem = await ask(
      stack,
      head('POST', '/api/chat', ['Host: evil.example', json, 'Content-Length: 9']),
    );
    expect(problem.text).toContain('"code":"misdirected_request"');
    expect(problem.text).toMatch(/^connection: close/im);
    const openAi = await ask(stack, head('GET', '/v1/models', ['Host: evil.example', close]));
    expect(openAi.text).toContain('"error":{"message"');
    const preflight = ['Host: evil.example', `Origin: ${page}`, 'Access-Control-Request-Method: POST'];
    expect(await statusOf('/api/chat', preflight, 'OPTIONS')).toBe(421);
  });

  it('checks every host that the request names', async () => {
    expect(await statusOf('http://evil.example/api/conversations', [])).toBe(421);
    expect(await statusOf('/api/conversations', ['X-Forwarded-Host: evil.example'])).toBe(421);
    expect(await statusOf('/api/conversations', ['X-Forwarded-Host: chat.example'])).toBe(200);
    expect(await statusOf('/api/conversations', ['Host: 127.0.0.1', 'Host: evil.example'])).toBeGreaterThan(
      399,
    );
    expect((await ask(stack, 'GET /api/conversations HTTP/1.0\r\n\r\n')).status).toBe(421);
  });

  it('answers health probes for any host', async () => {
    for (const probe of ['/health/live', '/health/ready']) {
      expect(await statusOf(probe, ['Host: 10.244.0.7:3001'])).toBe(200);
    }
  });

  it.each([
    [['Sec-Fetch-Site: cross-site'], 403],
    [['Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'], 403],
    [['Sec-Fetch-Site: same-site', 'Origin: http://localhost:9999'], 403],
    [['Origin: https://evil.example'], 403],
    [['Origin: null'], 403],
    [['Sec-Fetch-Site: cross-site', `Origin: ${page}`], 201],
    [['Sec-Fetch-Site: same-origin', 'Origin: http://127.0.0.1'], 201],
    [['Origin: http://127.0.0.1'], 201],
    [[], 201],
  ])('answers a change by a page with %j with %d', async (headers, status) => {
    const request = head('POST', '/api/conversations', [json, 'Content-Length: 2', close, ...headers]) + '{}';
    const answer = await ask(stack, request);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.text).toContain('"code":"cross_site_request"');
    expect(await statusOf('/api/conversations', headers)).toBe(200);
  });

  it('sends the same security headers with every response of the API', async () => {
    const streamed = { message: 'hi', settings: { stream: true } };
    const responses = [
      await stack.fetch('/api/conversations'),
      await stack.fetch('/api/conversations/x'),
      await stack.fetch('/no/such/path'),
      await stack.fetch('/api/%ff'),
      await stack.stream('/api/chat', streamed),
      await stack.stream('/v1/chat/completions', {
        model: 'default',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      }),
      await stack.fetch('/v1/models'),
      await stack.fetch('/metrics'),
      await stack.fetch('/health'),
      await stack.fetch('/health/live'),
      await stack.fetch('/api/llm/health'),
      await stack.fetch('/openapi.json'),
      await stack.fetch('/docs'),
      await stack.fetch('/api/chat', {
        method: 'POST',
        body: 'x',
        headers: { 'content-type': 'text/plain' },
      }),
      await stack.fetch('/api/chat', { method: 'OPTIONS', headers: { origin: page } }),
    ];
    for (const { url, headers, body } of responses) {
      await body?.cancel();
      expect([url, headers.get('cache-control')]).toEqual([url, expect.stringContaining('no-store')]);
      expect([url, headers.get('x-content-type-options')]).toEqual([url, 'nosniff']);
      expect([url, headers.get('strict-transport-security')]).toEqual([url, null]);
    }
  });

  it('sends Strict-Transport-Security behind a trusted TLS proxy', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    for (const path of ['/', '/api/conversations', '/docs', '/no/such/path']) {
      const { headers: answered } = await stack.fetch(path, { headers });
      expect(answered.get('strict-transport-security')).toBe('max-age=31536000');
    }
  });

  it('does not allow /docs in frames, and does not serve its source maps', async () => {
    for (const path of ['/docs', '/docs/', '/docs/swagger-ui-bundle.js']) {
      const policy = (await stack.fetch(path)).headers.get('content-security-policy');
      expect([path, policy]).toEqual([path, expect.stringContaining("frame-ancestors 'none'")]);
      expect(policy).toContain("default-src 'none'");
    }
    for (const file of ['swagger-ui.css.map', 'swagger-ui-bundle.js.ma%70', 'swagger-ui.js.MAP']) {
      expect((await stack.fetch(`/docs/${file}`)).status).toBe(404);
    }
    for (const path of ['/docs/../metrics', '/docs/%2e%2e/metrics', '/docs/..%2fpackage.json']) {
      expect([path, await statusOf(path, [])]).toEqual([path, 404]);
    }
  });
});

/** Real: the application, sockets. */
describe('with keys', () => {
  let stack: Stack;
  const key = 'Authorization: Bearer ann-key-0123456789abcdef';
  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: 'ann:ann-key-0123456789abcdef', ANONYMOUS_CONNECTIONS: '4' },
    });
  });
  afterAll(() => stack.stop());

  it('accepts every host, and ignores headers of unknown proxies', async () => {
    const headers = ['Host: chat.example', 'X-Forwarded-Proto: https', key, close];
    const { status, text } = await ask(stack, head('GET', '/api/conversations', headers));
    expect(status).toBe(200);
    expect(text).not.toMatch(/^strict-transport-security/im);
  });

  it('rejects changes by pages of other sites', async () => {
    const request = (site: string) =>
      head('POST', '/api/conversations', [key, json, 'Content-Length: 2', close, `Sec-Fetch-Site: ${site}`]) +
      '{}';
    expect((await ask(stack, request('cross-site'))).status).toBe(403);
    expect((await ask(stack, request('same-origin'))).status).toBe(201);
  });

  it('limits connections without a key per address, and accepts one with a key', async () => {
    const known = await RawHttp.open(stack.url, '127.0.0.2');
    known.write(head('GET', '/api/conversations', [key]));
    await known.until(() => known.statuses.length === 1);
    const idle: RawHttp[] = [];
    for (let count = 0; count < 12; count += 1) {
      const connection = await RawHttp.open(stack.url, '127.0.0.2');
      connection.write(count % 2 === 0 ? '' : 'GET / HTTP/1.1\r\nHost: x\r\n');
      idle.push(connection);
    }
    const isOver = () => idle.filter(({ isClosed }) => isClosed).length >= 8;
    await idle[0]!.until(isOver);
    expect(idle.map(({ isClosed }) => isClosed)).toEqual(idle.map((_, at) => at < 8));
    expect(idle[0]!.received).toContain('"code":"too_many_connections"');
    // Not affected: the connection with a key, a new one with a key, and another address.
    known.write(head('GET', '/api/conversations', [key]));
    await known.until(() => known.statuses.length === 2);
    const late = await RawHttp.open(stack.url, '127.0.0.2');
    late.write(head('GET', '/api/conversations', [key]));
    await late.until(() => late.statuses.length === 1);
    const elsewhere = await RawHttp.open(stack.url, '127.0.0.3');
    elsewhere.write(head('GET', '/health/live'));
    await elsewhere.until(() => elsewhere.statuses.length === 1);
    expect([known.statuses, late.statuses, elsewhere.statuses]).toEqual([[200, 200], [200], [200]]);
    for (const connection of [...idle, known, late, elsewhere]) connection.close();
  });
});

/** Real: the application, sockets. */
describe('with a small limit of connections', () => {
  it('reserves half of them for callers with a key', async () => {
    const stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: 'ann:ann-key-0123456789abcdef', MAX_CONNECTIONS: '16' },
    });
    const open: RawHttp[] = [];
    try {
      for (let count = 0; count < 40; count += 1) {
        open.push(await RawHttp.open(stack.url, `127.0.0.${2 + (count % 8)}`));
      }
      const known = await RawHttp.open(stack.url, '127.0.0.20');
      open.push(known);
      known.write(head('GET', '/api/conversations', ['Authorization: Bearer ann-key-0123456789abcdef']));
      await known.until(() => known.statuses.length === 1);
      expect(known.statuses).toEqual([200]);
    } finally {
      for (const connection of open) connection.close();
      await stack.stop();
    }
  });
});
