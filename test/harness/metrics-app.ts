import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule } from '#auth';
import { BackpressureModule, memoryWithin } from '#backpressure';
import { chatEntities, chatMigrations, ChatModule } from '#chat';
import { DatabaseModule } from '#database';
import { type LlmClientOptions, LlmModule } from '#llm';
import { MetricsModule, type MetricsOptions } from '#metrics';
import { errorResponses, ProblemsModule } from '#problems';
import { readExposition, type Samples } from './exposition.js';
import { createTestDatabase, type TestDatabase } from '#testing';

/** An API key. */
export const apiKey = 'a-key-of-ann-0123';

/** An operator key, which `/metrics` needs. */
export const operatorKey = 'a-key-of-ops-0123';

/** The API key that the client sends to the mock LLM. */
export const llmKey = 'a-key-for-the-llm';

/** Routes `primary` and `fallback` with models `model-0` and `model-1`, and one retry after 1 ms. */
export function llmOptions(
  routes: readonly (readonly string[])[],
  more: Partial<LlmClientOptions> = {},
): LlmClientOptions {
  return {
    routes: routes.map((urls, at) => ({
      name: at === 0 ? 'primary' : 'fallback',
      endpoints: urls,
      model: `model-${at}`,
      credentials: { apiKey: llmKey, apiVersion: 'v1', clientId: 'parley-test' },
    })),
    retry: { maxRetries: 1, baseMs: 1, maxMs: 1 },
    ...more,
  };
}

/**
 * Gives a suite one database for its applications. Call it in `describe`: it registers hooks that close the applications after
 * each test and drop the database after the last one.
 */
export function metricsStage() {
  let home: TestDatabase;
  const apps: MetricsApp[] = [];
  beforeAll(async () => {
    home = await createTestDatabase();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.nest.close();
  });
  afterAll(() => home.drop());
  return {
    async start(llm: LlmClientOptions, metrics?: MetricsOptions): Promise<MetricsApp> {
      const app = await MetricsApp.start(home, llm, metrics);
      apps.push(app);
      return app;
    },
  };
}

/** An application with chat and metrics, on a free port. */
export class MetricsApp {
  readonly #url: string;

  private constructor(
    readonly nest: NestFastifyApplication,
    url: string,
  ) {
    this.#url = url;
  }

  static async start(
    { url }: TestDatabase,
    llm: LlmClientOptions,
    metrics?: MetricsOptions,
  ): Promise<MetricsApp> {
    const global = (module: DynamicModule): DynamicModule => ({ ...module, global: true });
    const history = { maxMessages: 10, maxChars: 10_000 };
    @Module({
      imports: [
        ProblemsModule.forRoot(errorResponses),
        DatabaseModule.forRootAsync({
          useFactory: () => ({ url, poolSize: 2 }),
          entities: chatEntities,
          migrations: chatMigrations,
        }),
        BackpressureModule.forRoot({
          stallMs: 30_000,
          maxConnections: 1_000,
          streams: { perOwner: 100, perProcess: 1_000 },
          memory: memoryWithin(128 * 1024 * 1024),
        }),
        AuthModule.forRoot({
          mode: 'keys',
          keys: [{ name: 'ann', key: apiKey }],
          operatorKeys: [{ name: 'ops', key: operatorKey }],
        }),
        global(LlmModule.forRoot(llm)),
        global(ChatModule.forRoot({ history, generation: {}, drainTimeoutMs: 0 })),
        MetricsModule.forRoot(metrics),
      ],
    })
    class Application {}

    const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    await app.listen(0, '127.0.0.1');
    return new MetricsApp(app, await app.getUrl());
  }

  /** Sends a request, with the API key unless `headers` has another one. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.#url + path, { ...init, headers: { 'x-api-key': apiKey, ...init.headers } });
  }

  /** Sends one turn. Resolves to the HTTP status when its run has ended. */
  async chat(message: string, body: object = {}): Promise<number> {
    const response = await this.fetch('/api/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message, ...body }),
    });
    await response.text();
    return response.status;
  }

  async page(): Promise<string> {
    return (await this.fetch('/metrics', { headers: { 'x-api-key': operatorKey } })).text();
  }

  async samples(): Promise<Samples> {
    return readExposition(await this.page());
  }

  /** Polls the metrics page until the condition holds. */
  async samplesWhen(condition: (samples: Samples) => boolean): Promise<Samples> {
    const deadline = AbortSignal.timeout(5_000);
    for (;;) {
      const samples = await this.samples();
      if (condition(samples)) return samples;
      deadline.throwIfAborted();
    }
  }
}
