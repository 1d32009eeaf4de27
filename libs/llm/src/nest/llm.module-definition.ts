import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type LlmClientOptions } from '../routing/client-options.js';

export type LlmModuleOptions = LlmClientOptions;

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: LLM_OPTIONS } =
  new ConfigurableModuleBuilder<LlmModuleOptions>().setClassMethodName('forRoot').build();
