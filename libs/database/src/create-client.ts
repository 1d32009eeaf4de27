import { DatabaseClient } from './database-client.js';
import { databaseDefaults } from './database-options.js';
import { type PostgresServers } from './servers/postgres-servers.js';

/** What {@link createClient} needs; times in ms. */
export interface ClientOptions {
  servers: PostgresServers;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  connectTimeoutMs?: number | undefined;
  /** Bounds each response. Omitted: the caller does. */
  queryTimeoutMs?: number;
}

/** Creates a connection outside the pool, not connected yet. */
export function createClient(options: ClientOptions): DatabaseClient {
  return new DatabaseClient({
    servers: options.servers,
    connectionTimeoutMillis: options.connectTimeoutMs ?? databaseDefaults.connectTimeoutMs,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
    application_name: options.applicationName,
    keepAlive: true,
  });
}
