import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LlmClient } from '../routing/llm-client.js';
import { type LlmClientOptions } from '../routing/llm-options.js';
import { ConfigurableModuleClass, LLM_OPTIONS } from './llm.module-definition.js';

/**
 * Provides {@link LlmClient}: `LlmModule.forRoot(options)` or `LlmModule.forRootAsync({ inject, useFactory })`. A route uses
 * the guide protocol by default; `protocol` names a shipped protocol or one of `options.protocols`, which may be a class
 * (examples/protocols/own-protocol.ts) or the result of `describedProtocol`.
 */
@Module({
  providers: [
    {
      provide: LlmClient,
      inject: [LLM_OPTIONS],
      useFactory: (options: LlmClientOptions) => new LlmClient(options),
    },
  ],
  exports: [LlmClient],
})
export class LlmModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  readonly #client: LlmClient;

  constructor(@Inject(LlmClient) client: LlmClient) {
    super();
    this.#client = client;
  }

  onApplicationShutdown(): void {
    this.#client.close();
  }
}
