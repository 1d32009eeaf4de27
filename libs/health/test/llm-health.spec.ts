import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LlmClient, type RouteOptions } from '#llm';
import { MockLlm } from '#mock-llm';
import { ProblemsModule } from '#problems';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { type HealthOptions } from '../src/health-options.js';
import { apiKey, credentials, get, getLlmHealth, startHealthApp } from './health-app.js';

let testDatabase: TestDatabase;
let first: MockLlm;
let second: MockLlm;
let spare: MockLlm;
let app: NestFastifyApplication;

beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
});
afterAll(() => testDatabase.drop());
beforeEach(async () => {
  [first, second, spare] = await Promise.all([MockLlm.start(), MockLlm.start(), MockLlm.start()]);
});
afterEach(async () => {
  await app.close();
  await Promise.all([first.stop(), second.stop(), spare.stop()]);
});

async function start(
  routes: Partial<Pick<RouteOptions, 'endpoints' | 'credentials'>>[],
  health: HealthOptions = {},
): Promise<void> {
  app = await startHealthApp({
    databaseUrl: testDatabase.url,
    llm: {
      routes: routes.map((route, at) => ({
        name: at === 0 ? 'primary' : 'fallback',
        endpoints: [first.url],
        model: `model-${at}`,
        credentials,
        ...route,
      })),
      retry: { maxRetries: 0 },
      breaker: { failures: 1, openMs: 60_000 },
    },
    health: { llmTimeoutMs: 400, ...health },
    modules: [ProblemsModule.forRoot()],
  });
}

function row(mock: MockLlm, status: 'healthy' | 'unhealthy', lastError: unknown = null) {
  return {
    url: mock.url,
    route: mock === spare ? 'fallback' : 'primary',
    model: mock === spare ? 'model-1' : 'model-0',
    status,
    breaker: 'closed',
    connected: status === 'healthy',
    connections: status === 'healthy' ? 1 : 0,
    expected_first_token_ms: null,
    in_flight: 0,
    queued: 0,
    reuse: 'settled',
    reuse_reason: null,
    last_error: lastError,
  };
}

const iso: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('GET /api/llm/health', () => {
  it('has the documented shape when healthy, degraded and unhealthy', async () => {
    await start([{ endpoints: [first.url, second.url] }, { endpoints: [spare.url] }]);

    expect(await getLlmHealth(app)).toMatchObject({ status: 200, cacheControl: 'no-store' });
    expect((await getLlmHealth(app)).body).toEqual({
      success: true,
      llm_service: {
        status: 'healthy',
        connected: true,
        url: first.url,
        model: 'model-0',
        endpoints: [row(first, 'healthy'), row(second, 'healthy'), row(spare, 'healthy')],
      },
      timestamp: iso,
    });

    await first.goDown();
    const degraded = await getLlmHealth(app);
    expect(degraded.status).toBe(200);
    expect(degraded.body).toEqual({
      success: true,
      llm_service: {
        status: 'degraded',
        connected: true,
        url: second.url,
        model: 'model-0',
        endpoints: [
          row(first, 'unhealthy', expect.stringMatching(/^connect_failed: /)),
          row(second, 'healthy'),
          row(spare, 'healthy'),
        ],
      },
      timestamp: iso,
    });

    await Promise.all([second.goDown(), spare.goDown()]);
    const unhealthy = await getLlmHealth(app);
    expect(unhealthy).toMatchObject({ status: 503, cacheControl: 'no-store' });
    expect(unhealthy.type).toMatch(/^application\/json/);
    expect(unhealthy.body).toEqual({
      success: false,
      llm_service: {
        status: 'unhealthy',
        connected: false,
        url: first.url,
        model: 'model-0',
        endpoints: [first, second, spare].map((mock) =>
          row(mock, 'unhealthy', expect.stringMatching(/^connect_failed: /)),
        ),
      },
      timestamp: iso,
    });

    const summary = await get(app, '/api/llm/health', { 'x-api-key': apiKey });
    expect([summary.status, summary.body]).toEqual([
      503,
      {
        success: false,
        llm_service: { status: 'unhealthy', connected: false, url: null, model: 'model-0', endpoints: [] },
        timestamp: iso,
      },
    ]);

    await Promise.all([first.comeUp(), second.comeUp()]);
    expect((await getLlmHealth(app)).body).toMatchObject({ llm_service: { status: 'healthy' } });
    for (const mock of [first, second, spare]) expect(mock.requestsReceived).toBe(0);
  });

  it.each([
    [{ hangHandshake: true }, /^connect_timeout/],
    [{ refuse: 503 }, /^overloaded: ws:.* refused the WebSocket handshake with HTTP 503 Service Unavailable/],
    [{ apiKey: 'the-right-key' }, /^unauthorized: ws:.* HTTP 401 Unauthorized/],
  ])('reports why an endpoint is not reachable: %j', async (behavior, lastError) => {
    first.behave(behavior);
    await start([{ credentials: { ...credentials, apiKey: 'hunter2' } }]);
    const answer = await getLlmHealth(app);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      success: false,
      llm_service: {
        status: 'unhealthy',
        endpoints: [row(first, 'unhealthy', expect.stringMatching(lastError))],
      },
    });
    expect(answer.text).not.toContain('hunter2');
  });

  it('reports an endpoint that is reachable, but fails', async () => {
    first.behave({ errorCode: 'internal_error', errorMessage: 'no more memory' });
    await start([{}]);
    const asking = app.get(LlmClient, { strict: false }).complete({ message: 'hi', stream: false });
    await expect(asking).rejects.toMatchObject({ code: 'llm_unavailable' });
    const answer = await getLlmHealth(app);
    expect(answer.body).toMatchObject({
      success: true,
      llm_service: {
        status: 'degraded',
        connected: true,
        endpoints: [
          {
            status: 'degraded',
            breaker: 'open',
            connected: true,
            last_error: 'internal_error: no more memory',
          },
        ],
      },
    });
  });

  it('contains no user, password or key of an address', async () => {
    const secret = new URL(first.url);
    Object.assign(secret, { username: 'ann', password: 'hunter2', search: '?token=hunter3' });
    await start([{ endpoints: [secret.href], credentials: { ...credentials, apiKey: 'hunter4' } }]);
    for (const status of [200, 503]) {
      const answer = await getLlmHealth(app);
      expect(answer).toMatchObject({ status, body: { llm_service: { url: first.url } } });
      expect(answer.text).not.toMatch(/hunter|\bann\b|token=/);
      await first.goDown();
    }
  });

  it('shares a check among concurrent callers and caches its result', async () => {
    await start([{}], { llmCacheMs: 60_000 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => getLlmHealth(app)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(first.connectionsAccepted).toBe(1);

    first.dropConnections();
    await first.waitFor((mock) => mock.connections === 0);
    await get(app, '/health');
    expect((await getLlmHealth(app)).body).toMatchObject({
      llm_service: { connected: true, endpoints: [{ connections: 0 }] },
    });
    expect(first.connectionsAccepted).toBe(1);
    expect(first.requestsReceived).toBe(0);
  });

  it('reuses an open connection for repeated checks', async () => {
    await start([{}]);
    for (let time = 0; time < 3; time += 1) await getLlmHealth(app);
    expect(first.connectionsAccepted).toBe(1);

    first.dropConnections();
    await first.waitFor((mock) => mock.connections === 0);
    // The client notices the closed connection later than the server.
    await expect(reconnected()).resolves.toBeUndefined();
    expect(first.connectionsAccepted).toBe(2);
    expect(first.requestsReceived).toBe(0);
  });

  it('requires a key', async () => {
    await start([{}]);
    const answer = await get(app, '/api/llm/health');
    expect(answer).toMatchObject({ status: 401, body: { code: 'missing_api_key' } });
    expect(answer.text).not.toContain(first.url);
    expect(first.connectionsAccepted).toBe(0);
  });
});

async function reconnected(): Promise<void> {
  const deadline = AbortSignal.timeout(5_000);
  while (first.connectionsAccepted < 2) {
    deadline.throwIfAborted();
    await getLlmHealth(app);
  }
}
