import { Stack } from '../harness/stack.js';

const page = 'http://localhost:5173';

/** Sends the requests that a browser sends for a page of another origin. */
describe('a page of another origin', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      environment: {
        CORS_ORIGINS: `${page},https://app.example`,
        AUTH: 'keys',
        API_KEYS: `ada:${'k'.repeat(16)}`,
      },
    });
  });
  afterAll(() => stack.stop());

  const key = { authorization: `Bearer ${'k'.repeat(16)}` };
  const preflight = (origin: string) =>
    stack.fetch('/api/chat', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });

  it('may send all requests of the API; the preflight needs no key', async () => {
    const { status, headers } = await preflight(page);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(page);
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type,idempotency-key');
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may read responses, streams, problems and the exposed headers', async () => {
    const headers = { ...key, origin: page };
    const answers = [
      await stack.call('POST', '/api/chat', { message: 'hi' }, headers),
      await stack.stream('/api/chat', { message: 'hi' }, headers),
      await stack.call('POST', '/api/chat', {}, headers),
      await stack.call('GET', '/v1/models', undefined, { origin: page }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 401]);
    for (const answer of answers) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(page);
      expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  it('is rejected if its origin is not allowed', async () => {
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await stack.call('GET', '/api/conversations', undefined, { ...key, origin: 'null' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
