import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule, getConfigToken, registerAs } from '@nestjs/config';
import { type Configuration } from './configuration.js';

const NAMESPACE = 'parley';

/** The injection token of {@link Configuration}, available in every module. */
export const CONFIGURATION: string = getConfigToken(NAMESPACE);

/** Makes a loaded configuration injectable. Reads neither files nor the environment. */
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
