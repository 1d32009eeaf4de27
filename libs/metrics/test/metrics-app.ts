import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule } from '#auth';
import { ChatModule } from '#chat';
import { type LlmClientOptions, LlmModule } from '#llm';
import { MetricsModule } from '../src/metrics.module.js';
import { type MetricsOptions } from '../src/metrics-options.js';
import { readExposition, type Samples } from './exposition.js';

/** The key that the API wants. */
export const apiKey = 'a-key-of-ann-0123';

/** What is said to the mock LLM. */
export const llmKey = 'a-key-for-the-llm';

/** Routes `primary` and `fallback` with models `model-0` and `model-1`; one retry, at once. */
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

export interface MetricsAppOptions {
  /** Those that the rooms under test need and do not know: problems and database. */
  modules: (Type | DynamicModule)[];
  llm: LlmClientOptions;
  metrics?: MetricsOptions | undefined;
}

/** A whole application with chat and metrics, on a free port. */
export class MetricsApp {
  private constructor(
    readonly nest: NestFastifyApplication,
    private readonly url: string,
  ) {}

  static async start({ modules, llm, metrics }: MetricsAppOptions): Promise<MetricsApp> {
    const global = (module: DynamicModule): DynamicModule => ({ ...module, global: true });
    const history = { maxMessages: 10, maxChars: 10_000 };
    @Module({
      imports: [
        ...modules,
        AuthModule.forRoot({ mode: 'keys', keys: [{ name: 'ann', key: apiKey }] }),
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

  /** Any request, with the key unless `headers` say otherwise. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { ...init, headers: { 'x-api-key': apiKey, ...init.headers } });
  }

  /** One turn; resolves to the HTTP status when its run is over. */
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
    return (await this.fetch('/metrics')).text();
  }

  async samples(): Promise<Samples> {
    return readExposition(await this.page());
  }

  /** Looks at the page until the condition holds. */
  async samplesWhen(condition: (samples: Samples) => boolean): Promise<Samples> {
    const deadline = AbortSignal.timeout(5_000);
    for (;;) {
      const samples = await this.samples();
      if (condition(samples)) return samples;
      deadline.throwIfAborted();
    }
  }
}
