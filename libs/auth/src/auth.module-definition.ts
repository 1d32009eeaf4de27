import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type AuthOptions } from './auth-options.js';

/** The base class of `AuthModule` and the injection token of its options. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<AuthOptions>({ moduleName: 'Auth' }).setClassMethodName('forRoot').build();
