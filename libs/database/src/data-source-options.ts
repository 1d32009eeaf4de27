import pg, { type Client } from 'pg';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { DatabaseClient } from './database-client.js';
import { SilentLogger } from './silent-logger.js';
import { databaseDefaults, type DatabaseOptions } from './database-options.js';
import { FairPool } from './pool/fair-pool.js';
import { sessionSettings } from './session-settings.js';
import { UnpreparedClient } from './unprepared-client.js';

/** An entity class or schema, as TypeORM accepts them. */
export type EntityClass = (new (...args: never[]) => object) | EntitySchema;

/** A migration class; its name ends in a 13-digit timestamp. */
export type MigrationClass = new () => MigrationInterface;

/** Entities and migrations of the application: set by code, not by configuration. */
export interface DatabaseSchema {
  entities: EntityClass[];
  migrations: MigrationClass[];
}

/**
 * TypeORM's options for {@link DatabaseOptions}. Every timeout of pg is set, as pg waits without limit by default. TypeORM
 * never changes the schema at start; only `migrate` does, under a lock.
 */
export function dataSourceOptions(
  options: DatabaseOptions,
  schema: DatabaseSchema,
): PostgresDataSourceOptions {
  const given = { ...databaseDefaults, ...withoutUndefined(options) };
  return {
    type: 'postgres',
    // TypeORM reads the class of the pool from its driver.
    driver: { ...pg, Pool: FairPool, native: undefined },
    url: given.url,
    applicationName: 'parley',
    logger: new SilentLogger(),
    poolSize: given.poolSize,
    connectTimeoutMS: given.connectTimeoutMs,
    entities: schema.entities,
    migrations: schema.migrations,
    synchronize: false,
    migrationsRun: false,
    poolErrorHandler: (error: Error) => options.onConnectionError?.(error),
    extra: {
      Client: given.preparesStatements ? DatabaseClient : UnpreparedClient,
      ownerShare: given.ownerShare,
      row_security: given.rowSecurity,
      query_timeout: given.queryTimeoutMs,
      onConnect: (client: Client) => client.query(sessionSettings(given)),
      keepAlive: true,
    },
  };
}

function withoutUndefined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
