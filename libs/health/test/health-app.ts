import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule } from '#auth';
import { DatabaseModule } from '#database';
import { type LlmCredentials, LlmModule, type LlmClientOptions } from '#llm';
import { HealthModule } from '../src/health.module.js';
import { type HealthOptions } from '../src/health-options.js';

/** An owner's key. */
export const apiKey = 'a-key-of-ann-0123';

/** An operator's key. */
export const operatorKey = 'a-key-of-ops-0123';

/** Credentials for the mock LLM. */
export const credentials: LlmCredentials = { apiVersion: 'v1', clientId: 'parley-test' };

/** Options of {@link startHealthApp}. */
export interface HealthAppOptions {
  databaseUrl: string;
  llm: LlmClientOptions;
  /** By default, nothing is cached. */
  health?: HealthOptions;
  /** Further modules, such as `ProblemsModule`. */
  modules: (Type | DynamicModule)[];
}

/** Starts a small application with HealthModule and its dependencies, on a free port. */
export async function startHealthApp(options: HealthAppOptions): Promise<NestFastifyApplication> {
  @Module({
    imports: [
      AuthModule.forRoot({
        mode: 'keys',
        keys: [{ name: 'ann', key: apiKey }],
        operatorKeys: [{ name: 'ops', key: operatorKey }],
      }),
      DatabaseModule.forRoot({ url: options.databaseUrl, entities: [], migrations: [], poolSize: 2 }),
      { ...LlmModule.forRoot(options.llm), global: true },
      HealthModule.forRootAsync({
        useFactory: () => ({
          databaseCacheMs: 0,
          llmCacheMs: 0,
          maxRssBytes: 64 * 1024 ** 3,
          ...options.health,
        }),
      }),
      ...options.modules,
    ],
  })
  class Application {}

  const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The parts of a response that the specs check. */
export interface HttpResponse {
  status: number;
  type: string | null;
  cacheControl: string | null;
  text: string;
  body: unknown;
}

/** Sends a GET request on a new connection. */
export async function get(
  app: NestFastifyApplication,
  path: string,
  headers: Record<string, string> = {},
): Promise<HttpResponse> {
  const response = await fetch((await app.getUrl()) + path, { headers: { connection: 'close', ...headers } });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    cacheControl: response.headers.get('cache-control'),
    text,
    body: JSON.parse(text),
  };
}

/** GET /api/llm/health with the operator's key. */
export function getLlmHealth(app: NestFastifyApplication): Promise<HttpResponse> {
  return get(app, '/api/llm/health', { 'x-api-key': operatorKey });
}
