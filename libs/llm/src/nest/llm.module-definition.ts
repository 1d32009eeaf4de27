import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type LlmClientOptions } from '../routing/llm-options.js';

/** The base of `LlmModule`, with `forRoot` and `forRootAsync`, and the injection token of its options. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: LLM_OPTIONS } =
  new ConfigurableModuleBuilder<LlmClientOptions>().setClassMethodName('forRoot').build();
