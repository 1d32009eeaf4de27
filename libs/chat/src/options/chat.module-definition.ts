import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type ChatOptions } from './chat-options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CHAT_OPTIONS } =
  new ConfigurableModuleBuilder<ChatOptions>().setClassMethodName('forRoot').build();
