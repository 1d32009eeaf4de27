import { ask, GuideClient } from '../../test/guide-client.js';
import { MockLlm } from '../mock-llm.js';

let mock: MockLlm;

beforeEach(async () => (mock = await MockLlm.start({ controlPort: 0, behavior: { apiKey: 'secret' } })));
afterEach(() => mock.stop());

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${mock.controlUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: text }),
  });
  return { status: response.status, body: await response.json() };
}

const connect = () => GuideClient.open(mock.url, { Authorization: 'Bearer secret' });

describe('the control port', () => {
  it('is healthy even while the LLM is down', async () => {
    expect(await call('GET', '/health')).toEqual({
      status: 200,
      body: { status: 'up', url: mock.url, connections: 0, connectionsAccepted: 0, requestsReceived: 0 },
    });
    expect(await call('POST', '/down', {})).toMatchObject({ status: 200, body: { status: 'down' } });
    expect(await call('GET', '/health')).toMatchObject({ status: 200, body: { status: 'down' } });
    expect(await call('POST', '/up')).toMatchObject({ status: 200, body: { status: 'up' } });
    await connect();
  });

  it('comes up after a time', async () => {
    await call('POST', '/down', { ms: 1 });
    await mock.waitFor(({ isDown }) => !isDown);
  });

  it('reads and changes the behavior without showing the key', async () => {
    expect(await call('PATCH', '/behaviour', { reply: 'ahoy', cut: null })).toMatchObject({
      status: 200,
      body: { reply: 'ahoy', apiKey: '***' },
    });
    expect(await call('GET', '/behaviour')).toMatchObject({ body: { reply: 'ahoy', apiKey: '***' } });
    const client = await connect();
    expect((await client.answer(ask('hi'))).final.response).toBe('ahoy');
    await call('POST', '/reset');
    expect(mock.behavior).toMatchObject({ reply: null, apiKey: 'secret' });
  });

  it('changes the behavior for some requests', async () => {
    await call('POST', '/once', { count: 2, behaviour: { errorCode: 'overloaded' } });
    const client = await connect();
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await client.answer(ask('hi'))).final.error_code);
    expect(codes).toEqual(['overloaded', 'overloaded', undefined]);
  });

  it('drops connections', async () => {
    const client = await connect();
    expect(await call('POST', '/drop', { code: 1012, reason: 'restart' })).toEqual({
      status: 200,
      body: { dropped: 1 },
    });
    expect(await client.closed).toEqual({ code: 1012, reason: 'restart' });
  });

  it('shows the requests without the key', async () => {
    const client = await connect();
    for (const message of ['one', 'two', 'three']) await client.answer(ask(message));
    const { body } = await call('GET', '/requests?limit=2');
    expect(body).toMatchObject({
      received: 3,
      requests: [
        { number: 2, frame: { message: 'two' }, outcome: 'finished', headers: { authorization: '***' } },
        { number: 3, frame: { message: 'three' } },
      ],
    });
    expect(await call('GET', '/requests?limit=0')).toEqual({
      status: 200,
      body: { received: 3, requests: [] },
    });
  });

  it.each([
    ['GET', '/nothing', undefined, 404, 'There is no such path.'],
    ['GET', '/constructor', undefined, 404, 'There is no such path.'],
    ['DELETE', '/behaviour', undefined, 405, 'Use GET, PATCH.'],
    ['PATCH', '/behaviour', '{', 400, 'not JSON'],
    ['PATCH', '/behaviour', [], 400, 'body: must be a JSON object'],
    [
      'PATCH',
      '/behaviour',
      { stall: 1, nonsense: 1 },
      400,
      'stall: must be true or false\n  nonsense: no such behavior',
    ],
    ['POST', '/once', { count: 0, behaviour: {} }, 400, 'count: must be a whole number'],
    ['POST', '/once', { count: 1 }, 400, 'a behavior is an object'],
    ['POST', '/once', { counts: 1, behaviour: {} }, 400, 'counts: no such field'],
    ['POST', '/down', { ms: -1 }, 400, 'ms: must be a whole number'],
    ['POST', '/drop', { code: 999 }, 400, 'code: must be a close code'],
    ['POST', '/drop', { reason: 'x'.repeat(124) }, 400, 'reason: must be text of at most 123 bytes'],
    ['GET', '/requests?limit=x', undefined, 400, 'limit: must be a whole number'],
  ])('answers %s %s %j with %i', async (method, path, body, status, error) => {
    const before = mock.behavior;
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect((answer.body as { error: string }).error).toContain(error);
    expect(mock.behavior).toBe(before);
  });

  it('bounds the body', async () => {
    expect(await call('PATCH', '/behaviour', 'x'.repeat(8 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  it('frees its port when the mock stops, and if the other port is in use', async () => {
    const { controlUrl } = mock;
    await expect(MockLlm.start({ port: mock.port, controlPort: 0 })).rejects.toThrow('EADDRINUSE');
    await mock.stop();
    await expect(fetch(`${controlUrl}/health`)).rejects.toThrow();
  });
});
