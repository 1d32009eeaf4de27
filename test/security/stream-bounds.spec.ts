import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Json, Stack } from '../harness/stack.js';

const keys = { ann: 'ann-key-0123456789abcdef', bob: 'bob-key-0123456789abcdef' };
const as = (owner: keyof typeof keys): Record<string, string> => ({ authorization: `Bearer ${keys[owner]}` });

/** Real: the server and its sockets. */
describe('the bounds of event streams and connections', () => {
  let stack: Stack;
  const opened: AbortController[] = [];
  const start = async (environment: Record<string, string>): Promise<void> => {
    const names = Object.entries(keys).map(([name, key]) => `${name}:${key}`);
    stack = await Stack.start({ environment: { AUTH: 'keys', API_KEYS: names.join(','), ...environment } });
  };
  const disconnect = (): void => opened.splice(0).forEach((one) => one.abort());
  afterEach(async () => {
    disconnect();
    await stack.stop();
  });

  const follow = async (owner: keyof typeof keys, path: string): Promise<Response> => {
    const leaving = new AbortController();
    opened.push(leaving);
    return stack.fetch(path, { headers: as(owner), signal: leaving.signal });
  };
  const conversationOf = async (owner: keyof typeof keys): Promise<string> => {
    const { body } = await stack.call('POST', '/api/conversations', {}, as(owner));
    return `/api/conversations/${body.id as string}`;
  };
  const messages = async (): Promise<number> => (await stack.rows('SELECT FROM messages')).length;

  it('apply to each owner separately', async () => {
    await start({ MAX_STREAMS_PER_OWNER: '2' });
    const path = await conversationOf('ann');
    for (let count = 0; count < 2; count += 1)
      expect((await follow('ann', `${path}/events`)).status).toBe(200);

    const stored = await messages();
    const events = { ...as('ann'), accept: 'text/event-stream' };
    for (const [method, url, body] of [
      ['GET', `${path}/events`, undefined],
      ['POST', `${path}/messages`, { content: 'hi' }],
      ['POST', '/api/chat', { message: 'hi' }],
    ] as const) {
      const refused = await stack.call(method, url, body, events);
      expect([refused.status, refused.headers.get('retry-after'), refused.body.code]).toEqual([
        429,
        '5',
        'too_many_streams',
      ]);
    }
    for (const [url, body] of [
      ['/v1/responses', { model: 'default', input: 'hi', stream: true }],
      ['/v1/responses', { model: 'default', input: 'hi', stream: true, store: false }],
      [
        '/v1/chat/completions',
        { model: 'default', messages: [{ role: 'user', content: 'hi' }], stream: true },
      ],
    ] as const) {
      const refused = await stack.call('POST', url, body, as('ann'));
      expect([refused.status, (refused.body.error as Json).type, (refused.body.error as Json).code]).toEqual([
        429,
        'rate_limit_error',
        'rate_limit_exceeded',
      ]);
    }
    expect(await messages()).toBe(stored);

    const others = await conversationOf('bob');
    expect((await follow('bob', `${others}/events`)).status).toBe(200);
    expect((await stack.call('POST', '/api/chat', { message: 'hi' }, as('ann'))).status).toBe(200);
  });

  it('free a slot when a reader disconnects, and when a stream ends or was not opened', async () => {
    await start({ MAX_STREAMS_PER_OWNER: '1' });
    const path = await conversationOf('ann');
    const events = { ...as('ann'), accept: 'text/event-stream' };
    for (let count = 0; count < 5; count += 1) {
      expect((await stack.events('/api/chat', { message: 'hi' }, as('ann'))).at(-1)!.event).toBe(
        'run.finished',
      );
      expect(
        (await stack.call('GET', '/api/runs/00000000-0000-7000-8000-000000000000/events', undefined, events))
          .status,
      ).toBe(404);
    }
    expect((await follow('ann', `${path}/events`)).status).toBe(200);
    expect((await follow('ann', `${path}/events`)).status).toBe(429);
    disconnect();
    // The server notices the disconnect later.
    for (let status = 429; status !== 200;) status = (await follow('ann', `${path}/events`)).status;
  });

  it('respond 503 when the process has reached its limit', async () => {
    await start({ MAX_STREAMS: '1' });
    const path = await conversationOf('ann');
    expect((await follow('ann', `${path}/events`)).status).toBe(200);
    const others = await conversationOf('bob');
    const refused = await stack.call('GET', `${others}/events`, undefined, as('bob'));
    expect([refused.status, refused.body.code]).toEqual([503, 'stream_capacity_reached']);
  });

  it('respond 503 while too many connections are open, except to probes', async () => {
    await start({ MAX_CONNECTIONS: '4' });
    const { port } = new URL(stack.url);
    const sockets: Socket[] = [];
    // With a key, as connections without one are closed at half of the bound.
    const request = `GET /api/conversations HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${keys.ann}\r\n\r\n`;
    for (let count = 0; count < 4; count += 1) {
      const socket = connect(Number(port), '127.0.0.1');
      sockets.push(socket);
      socket.write(request);
      await once(socket, 'data');
    }
    const close = { ...as('ann'), connection: 'close' };
    const refused = await stack.call('GET', '/api/conversations', undefined, close);
    expect([refused.status, refused.headers.get('connection'), refused.body.code]).toEqual([
      503,
      'close',
      'connection_capacity_reached',
    ]);
    const openAi = await stack.call('GET', '/v1/models', undefined, close);
    expect([openAi.status, (openAi.body.error as Json).code]).toEqual([503, 'connection_capacity_reached']);
    expect((await stack.call('GET', '/health/live', undefined, close)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    for (let status = 503; status !== 200;)
      status = (await stack.call('GET', '/api/conversations', undefined, close)).status;
  });
});
