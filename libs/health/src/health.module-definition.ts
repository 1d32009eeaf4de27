import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type HealthOptions } from './health-options.js';

/** The base class of `HealthModule` and the injection token of its options. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: HEALTH_OPTIONS } =
  new ConfigurableModuleBuilder<HealthOptions>({ moduleName: 'Health' })
    .setClassMethodName('forRoot')
    .build();
