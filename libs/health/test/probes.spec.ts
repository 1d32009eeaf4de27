import { jest } from '@jest/globals';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { Database } from '#database';
import { MockLlm } from '#mock-llm';
import { ProblemsModule } from '#problems';
import { createEmptyDatabase, type TestDatabase } from '#testing';
import { credentials, get, type HealthAppOptions, startHealthApp } from './health-app.js';
import { TcpProxy } from './tcp-proxy.js';

let testDatabase: TestDatabase;
let postgres: TcpProxy;
let mock: MockLlm;
beforeAll(async () => {
  testDatabase = await createEmptyDatabase();
  postgres = await TcpProxy.to(testDatabase.url);
  mock = await MockLlm.start();
});
afterAll(async () => {
  await mock.stop();
  await postgres.close();
  await testDatabase.drop();
});
afterEach(async () => {
  await postgres.open();
  await mock.reset();
});

function start(modules: HealthAppOptions['modules'] = []): Promise<NestFastifyApplication> {
  return startHealthApp({
    databaseUrl: postgres.url,
    llm: { routes: [{ name: 'primary', endpoints: [mock.url], model: 'default', credentials }] },
    health: { databaseTimeoutMs: 400, llmTimeoutMs: 400 },
    modules: [ProblemsModule.forRoot(), ...modules],
  });
}

const up: unknown = expect.objectContaining({ status: 'up' });
const number: unknown = expect.any(Number);
const json: unknown = expect.stringMatching(/^application\/json/);

describe('the probes', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());

  it('respond 200 without a key while all dependencies are available', async () => {
    expect(await get(app, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get(app, '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { lifecycle: { status: 'up', phase: 'ready' }, database: up } },
    });
    expect(await get(app, '/health')).toMatchObject({
      status: 200,
      body: {
        status: 'ok',
        error: {},
        details: {
          database: { status: 'up', response_time_ms: number },
          llm: { status: 'up', service: 'healthy', endpoints: 1, endpoints_connected: 1 },
          memory: { status: 'up', rss_bytes: number, heap_used_bytes: number },
          event_loop: { status: 'up', delay_p99_ms: number, delay_max_ms: number },
        },
      },
    });
    expect(mock.requestsReceived).toBe(0);
  });

  it.each(['/health/live', '/health/ready', '/health'])('%s is never cached', async (path) => {
    expect((await get(app, path)).cacheControl).toBe('no-store');
    await postgres.close();
    expect((await get(app, path)).cacheControl).toBe('no-store');
  });

  it.each<[string, () => unknown, RegExp]>([
    ['refuses connections', () => postgres.close(), /^PostgreSQL is not available/],
    [
      'does not respond',
      () => postgres.stopResponding(),
      /^PostgreSQL (did not respond within 400 ms|is not available)/,
    ],
  ])('except liveness, report a PostgreSQL that %s, and recover', async (_how, breakIt, message) => {
    await breakIt();
    expect(await get(app, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const reason: unknown = expect.stringMatching(message);
    const database = { status: 'down', message: reason };
    expect(await get(app, '/health/ready')).toMatchObject({
      status: 503,
      type: json,
      body: { status: 'error', details: { lifecycle: up, database }, error: { database } },
    });
    expect(await get(app, '/health')).toMatchObject({
      status: 503,
      body: { status: 'error', details: { database, llm: up, memory: up } },
    });

    await postgres.open();
    expect(await get(app, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get(app, '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('report a ping that timed out', async () => {
    postgres.stopResponding();
    // The first request may still use a connection that was closed; the second cannot open a new one.
    await get(app, '/health/ready');
    expect((await get(app, '/health/ready')).text).toContain('PostgreSQL did not respond within 400 ms');
  });

  it('respond 200 without any LLM, which the report shows as degraded', async () => {
    await mock.goDown();
    expect(await get(app, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get(app, '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get(app, '/health')).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        details: { llm: { status: 'degraded', service: 'unhealthy', endpoints: 1, endpoints_connected: 0 } },
      },
    });
  });

  it('keep liveness at 200 without PostgreSQL and the LLM', async () => {
    await Promise.all([postgres.close(), mock.goDown()]);
    expect(await get(app, '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('contain no password, user or address of failing dependencies', async () => {
    await Promise.all([postgres.close(), mock.goDown()]);
    const { username, password, port } = new URL(postgres.url);
    const { text } = await get(app, '/health');
    for (const secret of [username, password, port, String(mock.port), '127.0.0.1'].filter(Boolean)) {
      expect(text).not.toContain(secret);
    }
  });

  it('share one ping among concurrent requests', async () => {
    postgres.stopResponding();
    const ping = jest.spyOn(app.get(Database, { strict: false }), 'ping');
    const answers = await Promise.all(Array.from({ length: 5 }, () => get(app, '/health/ready')));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect(ping.mock.calls).toEqual([[400]]);
    ping.mockRestore();
  });
});

describe('readiness', () => {
  it('is 503 until the application has started', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class EarlyProbe implements OnApplicationBootstrap {
      readonly #host: HttpAdapterHost;

      constructor(host: HttpAdapterHost) {
        this.#host = host;
      }
      async onApplicationBootstrap(): Promise<void> {
        for (const path of ['/health/ready', '/health/live']) {
          const response = await this.#host.httpAdapter.getInstance<FastifyInstance>().inject(path);
          seen.push([response.statusCode, response.json()]);
        }
      }
    }
    // Nest starts the innermost modules first.
    @Module({ providers: [EarlyProbe] })
    class Inner {}
    @Module({ imports: [Inner] })
    class Outer {}

    const app = await start([Outer]);
    const later = await get(app, '/health/ready');
    await app.close();
    expect(seen).toEqual([
      [503, expect.objectContaining({ error: { lifecycle: { status: 'down', phase: 'starting' } } })],
      [200, { status: 'ok' }],
    ]);
    expect(later.status).toBe(200);
  });

  it('is 503 from the start of the shutdown, while liveness stays 200', async () => {
    const started = Promise.withResolvers<void>();
    const drained = Promise.withResolvers<void>();
    @Injectable()
    class SlowDrain implements BeforeApplicationShutdown {
      async beforeApplicationShutdown(): Promise<void> {
        started.resolve();
        await drained.promise;
      }
    }
    @Module({ providers: [SlowDrain] })
    class Draining {}

    const app = await start([Draining]);
    const closing = app.close();
    await started.promise;
    const answers = await Promise.all([get(app, '/health/ready'), get(app, '/health/live')]);
    drained.resolve();
    await closing;
    expect(answers).toMatchObject([
      { status: 503, body: { details: { lifecycle: { status: 'down', phase: 'draining' } } } },
      { status: 200, body: { status: 'ok' } },
    ]);
  });
});
