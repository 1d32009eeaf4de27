import { RawHttp } from '#testing';
import { Stack } from '../harness/stack.js';

const ann = 'ann-key-0123456789abcdef';
const key = `Authorization: Bearer ${ann}`;
const json = 'Content-Type: application/json';
const { head } = RawHttp;

/** Sends raw requests over sockets. */
describe('requests that are answered before their body is read (AUTH=keys)', () => {
  let stack: Stack;
  const connections: RawHttp[] = [];
  const open = async (): Promise<RawHttp> => {
    const connection = await RawHttp.open(stack.url);
    connections.push(connection);
    return connection;
  };

  beforeAll(async () => {
    stack = await Stack.start({
      environment: { AUTH: 'keys', API_KEYS: `ann:${ann}`, REQUEST_TIMEOUT: '1.5' },
    });
  });
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  afterAll(() => stack.stop());

  it.each([
    ['POST', '/api/import', 401],
    ['POST', '/api/chat', 401],
    ['POST', '/api/chat/', 404],
    ['POST', '//api/import', 404],
    ['POST', '/%61pi/import', 401],
    ['POST', '/v1/responses', 401],
    ['PATCH', '/api/conversations/01890000-0000-7000-8000-000000000000', 401],
    ['POST', '/no/such/path', 404],
    ['POST', '/', 404],
    ['POST', '/docs', 404],
    ['POST', '/metrics', 404],
    ['POST', '/health/live', 404],
    ['POST', 'http://127.0.0.1/api/import', 401],
    ['GET', '/health/live', 200],
    ['GET', '/api/conversations', 401],
    ['POST', '/api/%ff', 400],
    ['DELETE', '/api/conversations/01890000-0000-7000-8000-000000000000', 401],
  ])('answers %s %s from its headers, and closes the connection', async (method, target, status) => {
    const connection = await open();
    // The body is never sent.
    connection.write(head(method, target, [json, 'Content-Length: 60000001']));
    const received = await connection.untilClosed();
    expect(connection.statuses).toEqual([status]);
    expect(received).toMatch(/^connection: close/im);
  });

  it('answers a client that sends a large body without reading', async () => {
    for (const size of ['Content-Length: 20000000', 'Transfer-Encoding: chunked']) {
      const connection = await open();
      connection.write(head('POST', '/api/import', [json, size]));
      const body = Buffer.alloc(20_000_000, '[');
      if (size.startsWith('T')) connection.write(`${body.length.toString(16)}\r\n`);
      connection.write(body);
      if (size.startsWith('T')) connection.write('\r\n0\r\n\r\n');
      await connection.untilClosed();
      expect(connection.statuses).toEqual([401]);
    }
  });

  it('closes the connection of a client that never stops sending', async () => {
    const connection = await open();
    connection.write(head('POST', '/api/import', [json, 'Transfer-Encoding: chunked']));
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    let isCut = false;
    connection.socket.on('close', () => (isCut = true));
    const send = (): void => {
      while (!connection.socket.destroyed && connection.socket.write(chunk));
      connection.socket.once('drain', send);
    };
    send();
    await connection.until(() => isCut);
    expect(connection.statuses).toEqual([401]);
  });

  it('ignores requests after a refused request with a body on the same connection', async () => {
    const { body } = await stack.call('POST', '/api/conversations', {}, { authorization: `Bearer ${ann}` });
    const path = `/api/conversations/${String(body.id)}`;
    const connection = await open();
    connection.write(
      head('POST', '/api/chat', [json, 'Content-Length: 2']) + '{}' + head('DELETE', path, [key]),
    );
    await connection.untilClosed();
    expect(connection.statuses).toEqual([401]);
    const { status } = await stack.call('GET', path, undefined, { authorization: `Bearer ${ann}` });
    expect(status).toBe(200);
  });

  it('answers the next request on the connection after a refused one without a body', async () => {
    const connection = await open();
    connection.write(
      head('GET', '/api/conversations') +
        head('GET', '/api/conversations', [key]) +
        head('GET', '/api/conversations', ['Authorization: Bearer wrong-key-0123456789']),
    );
    await connection.until(() => connection.statuses.length === 3);
    expect(connection.statuses).toEqual([401, 200, 401]);
  });

  it('sends 100 Continue only to authenticated clients', async () => {
    const expecting = [json, 'Content-Length: 2', 'Expect: 100-continue'];
    const refused = await open();
    refused.write(head('POST', '/api/conversations', expecting));
    await refused.untilClosed();
    expect(refused.statuses).toEqual([401]);

    const unknown = await open();
    unknown.write(head('POST', '/no/such/path', [key, ...expecting]));
    await unknown.untilClosed();
    expect(unknown.statuses).toEqual([404]);

    const known = await open();
    known.write(head('POST', '/api/conversations', [key, ...expecting]));
    await known.until((received) => received.includes('\r\n\r\n'));
    expect(known.statuses).toEqual([100]);
    known.write('{}');
    await known.until(() => known.statuses.length > 1);
    expect(known.statuses).toEqual([100, 201]);
  });

  it('answers HTTP/1.0 with one response, with or without Expect', async () => {
    const connection = await open();
    const body = 'Content-Length: 2\r\nExpect: 100-continue\r\n\r\n{}';
    connection.write(`POST /api/conversations HTTP/1.0\r\n${key}\r\n${json}\r\n${body}`);
    await connection.untilClosed();
    expect(connection.statuses).toEqual([201]);
  });

  it('closes the connection of late headers and bodies after REQUEST_TIMEOUT, even with a valid key', async () => {
    const late = ['', 'GET /api/conv', head('POST', '/api/chat', [key, json, 'Content-Length: 1000']) + '{'];
    const slow = await Promise.all(
      late.map(async (bytes) => {
        const connection = await open();
        connection.write(bytes);
        const drip = setInterval(() => bytes !== '' && connection.write(' '), 200);
        const received = await connection.untilClosed();
        clearInterval(drip);
        expect(received).toContain('"request_timeout"');
        return connection.statuses;
      }),
    );
    expect(slow).toEqual([[408], [408], [408]]);
  });

  it('uses the first of two Authorization headers, and rejects a repeated X-API-Key', async () => {
    const wrong = 'Authorization: Bearer wrong-key-0123456789';
    const other = 'X-API-Key: wrong-key-0123456789';
    const cases = [
      [[key, wrong], 200],
      [[wrong, key], 401],
      [[`X-API-Key: ${ann}`], 200],
      [[`X-API-Key: ${ann}`, other], 401],
      [[other, `X-API-Key: ${ann}`], 401],
    ] as const;
    for (const [headers, status] of cases) {
      const connection = await open();
      connection.write(head('GET', '/api/conversations', [...headers, 'Connection: close']));
      await connection.untilClosed();
      expect([headers, connection.statuses]).toEqual([headers, [status]]);
    }
  });
});
