import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
} from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { DATABASE_OPTIONS, databaseDefaults, type DatabaseOptions } from './database-options.js';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { isUnavailable, toDatabaseError } from './error-classes.js';
import { isLastingRefusal } from './servers/lasting-refusal.js';
import { Database } from './database.js';
import { SystemDatabase } from './system-database.js';
import { Notifications } from './notifications.js';
import { dataSourceOptions, type DatabaseSchema } from './data-source-options.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<DatabaseOptions>({
  optionsInjectionToken: DATABASE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** Exports the options, so that TypeORM's module can import them. */
@Module({ exports: [DATABASE_OPTIONS] })
class DatabaseOptionsModule extends ConfigurableModuleClass {}

/**
 * Provides TypeORM's repositories and the raw {@link Database} over one pool to every module. Retries the first connection
 * while the database is starting, and closes the pool at shutdown. Never changes the schema; `migrate` does.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions & DatabaseSchema): DynamicModule {
    return withOptions(DatabaseOptionsModule.forRoot(options), options);
  }

  static forRootAsync(
    options: ConfigurableModuleAsyncOptions<DatabaseOptions> & DatabaseSchema,
  ): DynamicModule {
    return withOptions(DatabaseOptionsModule.forRootAsync(options), options);
  }
}

async function connect(options?: DataSourceOptions): Promise<DataSource> {
  if (options === undefined) throw new TypeError('TypeORM was given no options.');
  return new DataSource(options).initialize().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
}

function withOptions(optionsModule: DynamicModule, schema: DatabaseSchema): DynamicModule {
  return {
    module: DatabaseModule,
    global: true,
    imports: [
      optionsModule,
      TypeOrmModule.forRootAsync({
        imports: [optionsModule],
        inject: [DATABASE_OPTIONS],
        useFactory: (options: DatabaseOptions): TypeOrmModuleOptions => ({
          ...dataSourceOptions(options, schema),
          retryAttempts: options.connectAttempts ?? databaseDefaults.connectAttempts,
          retryDelay: 1_000,
          toRetry: (error: unknown) => isUnavailable(error) && !isLastingRefusal(error),
        }),
        dataSourceFactory: connect,
      }),
    ],
    providers: [Database, Notifications, SystemDatabase],
    exports: [Database, Notifications, SystemDatabase, TypeOrmModule],
  };
}
