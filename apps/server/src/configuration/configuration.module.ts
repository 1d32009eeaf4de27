import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, getConfigToken, registerAs } from '@nestjs/config';
import { type Configuration } from './configuration.js';

const NAMESPACE = 'parley';

/** `@Inject(CONFIGURATION) configuration: Configuration`, or `inject: [CONFIGURATION]` of a factory: in every module. */
export const CONFIGURATION: string = getConfigToken(NAMESPACE);

/** Hands a configuration that is already loaded to Nest. Reads neither files nor the environment itself. */
@Module({})
export class ConfigurationModule {
  static forRoot(configuration: Configuration): DynamicModule {
    return {
      module: ConfigurationModule,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          skipProcessEnv: true,
          load: [registerAs(NAMESPACE, () => configuration)],
        }),
      ],
    };
  }
}
