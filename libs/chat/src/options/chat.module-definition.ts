import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type ChatOptions } from './chat-options.js';

/** The base class of `ChatModule` with `forRoot(options)`, and the injection token of its {@link ChatOptions}. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CHAT_OPTIONS } =
  new ConfigurableModuleBuilder<ChatOptions>().setClassMethodName('forRoot').build();
