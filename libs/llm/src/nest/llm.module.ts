import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LlmClient } from '../routing/llm-client.js';
import { type LlmClientOptions } from '../routing/llm-options.js';
import { ConfigurableModuleClass, LLM_OPTIONS } from './llm.module-definition.js';

/**
 * Provides {@link LlmClient}: `LlmModule.forRoot(options)` or `forRootAsync({ inject, useFactory })`. Routes speak the
 * guide's JSON, a shipped protocol, or one of `options.protocols`, by its name: a class such as
 * examples/protocols/own-protocol.ts, or what `describedProtocol` makes of a description.
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
