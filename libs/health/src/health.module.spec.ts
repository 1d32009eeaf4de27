import { ConsoleLogger, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Database } from '#database';
import { LlmClient } from '#llm';
import { HealthModule } from './health.module.js';
import { Lifecycle } from './lifecycle.js';

@Module({})
class GlobalProviders {
  static create(): DynamicModule {
    return {
      module: GlobalProviders,
      global: true,
      providers: [
        { provide: Database, useValue: { ping: () => Promise.resolve() } },
        { provide: LlmClient, useValue: { endpoints: [] } },
      ],
      exports: [Database, LlmClient],
    };
  }
}

function compile(health: DynamicModule) {
  return Test.createTestingModule({ imports: [GlobalProviders.create(), health] })
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
}

describe('HealthModule', () => {
  it.each([
    ['forRoot', HealthModule.forRoot({})],
    ['forRootAsync', HealthModule.forRootAsync({ useFactory: () => ({ llmTimeoutMs: 500 }) })],
  ])('%s exports the lifecycle', async (_how, health) => {
    const module = await compile(health);
    await module.init();
    const lifecycle = module.get(Lifecycle, { strict: false });
    expect(lifecycle.phase).toBe('ready');
    await module.close();
    expect(lifecycle.phase).toBe('draining');
  });

  it('fails the start on invalid options, and reports each', async () => {
    const health = HealthModule.forRoot({ databaseTimeoutMs: 0, llmCacheMs: -1 });
    await expect(compile(health)).rejects.toThrow(/databaseTimeoutMs[^]*llmCacheMs/);
  });
});
