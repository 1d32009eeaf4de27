import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type LlmClient, type ProtocolDescription } from '#llm';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { maxHttpResponseBytes } from '../../libs/llm/src/transport/dial/http-request.js';
import { describedClient } from './described-client.js';

let respond: RequestListener;
const requests: string[] = [];
const upgrades: IncomingMessage[] = [];
const http = createServer((request, response) => {
  requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  respond(request, response);
});
new WebSocketServer({ server: http }).on('connection', (socket, upgrade) => {
  upgrades.push(upgrade);
  socket.on('message', () => socket.send('{"text":"Hello","done":true}'));
});
const url = () => `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
let client: LlmClient;

beforeAll(async () => {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
});
beforeEach(() => {
  requests.length = upgrades.length = 0;
});
afterEach(() => client.close());

const description: Omit<ProtocolDescription, 'name'> = {
  session: { url: '/login?key={{api_key}}', learn: { token: 'body.token', cookie: 'cookies' } },
  address: { path: '/ws', query: { token: '{{learned.token}}' }, headers: { Cookie: '{{learned.cookie}}' } },
  request: { send: '{{message}} {{learned.token}}' },
  end: { when: { done: true }, text: 'text' },
};
const ask = (more: Partial<ProtocolDescription> = {}) => {
  client = describedClient(url(), { ...description, ...more });
  return collectAnswer(client, streamed);
};

describe('an HTTP request before the connection', () => {
  it('gives the token and the cookie of the connection', async () => {
    respond = (_, response) => {
      response.setHeader('Set-Cookie', ['sid=abc; Path=/; HttpOnly', 'lang=en']);
      response.end('{"token":"t-1"}');
    };
    expect(await ask()).toMatchObject({ completion: { text: 'Hello' } });
    expect(requests[0]).toBe('GET /login?key=sk-secret Bearer sk-secret');
    expect(upgrades[0]).toMatchObject({ url: '/ws?token=t-1', headers: { cookie: 'sid=abc; lang=en' } });
  });

  it.each<[string, RequestListener, string, string]>([
    [
      'a refusal',
      (_, response) => response.writeHead(401).end('wrong key sk-secret'),
      'unauthorized',
      'it was refused with HTTP 401',
    ],
    ['overload', (_, response) => response.writeHead(503).end(), 'overloaded', 'refused with HTTP 503'],
    [
      'a response without the value',
      (_, response) => response.end('{}'),
      'handshake_refused',
      'the response has no body.token',
    ],
    [
      'a response that is too large',
      (_, response) => response.end('x'.repeat(maxHttpResponseBytes + 1)),
      'handshake_refused',
      'the response is larger than 65536 bytes',
    ],
    ['a closed connection', (request) => request.socket.destroy(), 'connect_failed', 'cannot be reached'],
  ])('fails with %s, without a secret in the error', async (_, listener, code, message) => {
    respond = listener;
    const { attempts } = await ask();
    expect(attempts).toMatchObject([
      { errorCode: code, errorMessage: expect.stringContaining(message) as string },
    ]);
    expect(JSON.stringify(attempts)).not.toContain('sk-secret');
    expect(upgrades).toEqual([]);
  });

  it('is part of the connect timeout', async () => {
    const closed = Promise.withResolvers<void>();
    respond = (request) => request.socket.on('close', () => closed.resolve());
    const { attempts } = await ask({ limits: { connect: 0.1 } });
    expect(attempts).toMatchObject([{ errorCode: 'connect_timeout' }]);
    await closed.promise;
  });
});
