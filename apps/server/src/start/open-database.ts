import { join } from 'node:path';
import { type DatabaseUrl, parseDatabaseUrl } from '#database';
import { EmbeddedPostgres } from '#embedded-postgres';
import { type Configuration } from '../configuration/index.js';
import { type Logger } from '../logging/logger.js';
import { type Shutdown } from './shutdown.js';

/** A database that is available. */
export interface OpenDatabase {
  /** Contains the password: do not log it. */
  url: string;
  /** A description for log messages, without the password. */
  name: string;
}

/** Names a database for messages: `PostgreSQL at db1:5432, db2/parley`. */
function databaseName({ servers, database }: DatabaseUrl): string {
  return `PostgreSQL at ${servers.map(({ name }) => name).join(', ')}/${database}`;
}

/** Returns the configured database, or starts an embedded one with its data in the data directory. */
export async function openDatabase(
  { database, dataDirectory }: Configuration,
  logger: Logger,
  shutdown: Shutdown,
  signal: AbortSignal,
): Promise<OpenDatabase> {
  if (database.url !== undefined) {
    return { url: database.url, name: databaseName(parseDatabaseUrl(database.url)) };
  }
  const postgres = await EmbeddedPostgres.start({
    dataDirectory: join(dataDirectory, 'postgres'),
    signal,
    log: (message) => logger.event('info', message, {}),
    onRestart: (message) => logger.event('warn', message, {}),
  });
  shutdown.add('database', () => postgres.stop());
  return {
    url: postgres.url,
    name: `embedded PostgreSQL on port ${postgres.port}, data in ${dataDirectory}/`,
  };
}
