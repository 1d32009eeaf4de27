import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { SecretRedactor } from '../../redaction/secret-redactor.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { poolContext } from '../../testing/transport-setup.js';
import { dial } from './dial.js';

/** Real: sockets on the loopback interface. The responses of the server are written as bytes. */
let server: Server;
let respond: (key: string) => string;
let handshakes: string[];
let clock: FakeClock;

beforeEach(async () => {
  handshakes = [];
  clock = new FakeClock();
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      handshakes.push(data.toString());
      socket.write(respond(/^sec-websocket-key: (.*)\r/im.exec(data.toString())?.[1] ?? ''));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  expect(clock.pending).toBe(0);
  server.close();
  await once(server, 'close');
});

async function failureOf(headers: Record<string, string> = {}, subprotocols: string[] = []) {
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const context = poolContext(url, {}, clock);
  const redactor = new SecretRedactor({ secrets: ['sk-secret-1'] });
  const target = () => ({ url, headers, subprotocols });
  try {
    const { webSocket } = await dial(
      { name: 'ws://h/', target, redactor },
      context.options,
      clock,
      new AbortController().signal,
    );
    webSocket.terminate();
    return undefined;
  } catch (error) {
    return error;
  }
}

const refused =
  (head: string, body = '') =>
  () =>
    `HTTP/1.1 ${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a refused handshake', () => {
  it.each([
    [
      '301 Moved Permanently\r\nLocation: http://me:pw@10.0.0.7/chat?token=abc',
      '',
      'HTTP 301 Moved Permanently, Location: http://10.0.0.7/chat',
    ],
    ['308 Permanent Redirect\r\nLocation: /chat/', '', 'HTTP 308 Permanent Redirect, Location: /chat/'],
    [
      '400 Bad Request\r\nContent-Type: text/plain',
      'Can "Upgrade"\nonly to "WS"',
      'HTTP 400 Bad Request: Can "Upgrade" only to "WS"',
    ],
    [
      '404 Not Found\r\nContent-Type: application/json; charset=utf-8',
      '{"detail":"Not Found"}',
      'HTTP 404 Not Found (wrong path): {"detail":"Not Found"}',
    ],
    ['200 OK\r\nContent-Type: text/html', '<!doctype html>', 'HTTP 200 OK'],
    [
      '401 Unauthorized\r\nContent-Type: text/plain',
      'no such key: sk-secret-1',
      'HTTP 401 Unauthorized (the key is missing or wrong): no such key: [secret]',
    ],
    ['403 sk-secret-1', '', 'HTTP 403 [secret] (wrong key, path, Origin or User-Agent)'],
  ])('names status, reason, Location and body: %s', async (head, body, message) => {
    respond = refused(head, body);
    expect(await failureOf()).toMatchObject({
      message: `ws://h/ refused the WebSocket handshake with ${message}`,
    });
    expect(handshakes).toHaveLength(1);
  });

  it('does not wait for a body that does not end', async () => {
    respond = () => 'HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\nbecause';
    const failure = failureOf();
    while (clock.pending < 2) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(500);
    expect(await failure).toMatchObject({ status: 403, code: 'unauthorized' });
  });
});

describe('an invalid response 101', () => {
  const accept = (key: string) =>
    createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const switching = (key: string, more = '', upgrade = 'Upgrade: websocket\r\n') =>
    `HTTP/1.1 101 Switching Protocols\r\n${upgrade}Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept(key)}\r\n${more}\r\n`;

  it.each([
    ['no_subprotocol', ['chat.v1'], '', 'it selects no subprotocol, although "chat.v1" is requested'],
    [
      'other_subprotocol',
      ['chat.v1', 'sk-secret-1'],
      'Sec-WebSocket-Protocol: other\r\n',
      'it selects the subprotocol "other", although "chat.v1", "[secret]" is requested',
    ],
    [
      'unrequested_subprotocol',
      [],
      'Sec-WebSocket-Protocol: chat.v1\r\n',
      'it selects the subprotocol "chat.v1", although none is requested',
    ],
    [
      'extension',
      [],
      'Sec-WebSocket-Extensions: permessage-deflate\r\n',
      'it selects the extension "permessage-deflate", although none is requested',
    ],
  ])('%s is a permanent error that names what came', async (fault, subprotocols, header, detail) => {
    respond = (key) => switching(key, header);
    expect(await failureOf({}, subprotocols)).toMatchObject({
      fault,
      code: 'handshake_refused',
      scope: 'elsewhere',
      retryable: false,
      message: `ws://h/ answered the WebSocket handshake incorrectly: ${detail}`,
    });
  });

  it.each([
    ['a wrong Sec-WebSocket-Accept', () => switching('x'), /invalid header \(Invalid Sec-WebSocket-Accept/],
    ['no Upgrade', (key: string) => switching(key, '', ''), /no header .*Upgrade: websocket/],
    ['another Upgrade', (key: string) => switching(key, '', 'Upgrade: h2c\r\n'), /Invalid Upgrade header/],
  ])('%s', async (_, response, message) => {
    respond = response;
    expect(await failureOf()).toMatchObject({
      fault: 'header',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('the User-Agent', () => {
  it('is ours, unless the protocol sends one', async () => {
    respond = refused('404 Not Found');
    await failureOf();
    await failureOf({ 'user-AGENT': 'mine/9' });
    expect(handshakes.map((text) => /^user-agent: .*/im.exec(text)?.[0].trim())).toEqual([
      'User-Agent: parley',
      'user-AGENT: mine/9',
    ]);
  });
});
