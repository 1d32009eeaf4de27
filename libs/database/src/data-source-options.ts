import pg, { type Client } from 'pg';
import type { EntitySchema, MigrationInterface } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { DatabaseClient } from './database-client.js';
import { SilentLogger } from './silent-logger.js';
import { databaseDefaults, type DatabaseOptions } from './database-options.js';
import { FairPool } from './pool/fair-pool.js';
import { DatabaseUnavailableError } from './database-errors.js';
import { PostgresServers } from './servers/postgres-servers.js';
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
  const servers = serversOf(given);
  return {
    type: 'postgres',
    // TypeORM reads the class of the pool from its driver.
    driver: { ...pg, Pool: FairPool, native: undefined },
    url: servers.firstUrl,
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
      servers,
      onConnect: (client: Client) => prepareSession(client, sessionSettings(given)),
      keepAlive: true,
    },
  };
}

/** The servers of a URL. A search for the one that accepts writes takes at most half of the time to connect. */
export function serversOf({
  url,
  connectTimeoutMs = databaseDefaults.connectTimeoutMs,
}: Pick<DatabaseOptions, 'url' | 'connectTimeoutMs'>): PostgresServers {
  return new PostgresServers({ url, timeoutMs: Math.ceil(connectTimeoutMs / 2) });
}

/** Whatever fails here is an error of connecting: the connection has run no statement yet. */
async function prepareSession(client: Client, settings: string): Promise<void> {
  try {
    await client.query(settings);
  } catch (error) {
    throw new DatabaseUnavailableError(error);
  }
}

function withoutUndefined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
