import { chatMigrations } from '#chat';
import { checkPreparedStatements } from '#database';
import { type Configuration } from '../configuration/index.js';
import { type Logger } from '../logging/logger.js';
import { closeServer } from './closing.js';
import { createApp } from './create-app.js';
import { migrateWhenReachable } from './migrate-when-reachable.js';
import { reportRowSecurity } from './report-row-security.js';
import { listen } from './listen.js';
import { openDatabase } from './open-database.js';
import { type Shutdown } from './shutdown.js';

/** Addresses to show to the user. */
export interface RunningServer {
  url: string;
  /** A description of the database, without its password. */
  database: string;
}

/**
 * Starts an embedded database if none is configured, migrates the database, and starts the HTTP server.
 * @param shutdown stops everything that is started here
 */
export async function startServer(
  configuration: Configuration,
  logger: Logger,
  shutdown: Shutdown,
  signal: AbortSignal,
): Promise<RunningServer> {
  const database = await openDatabase(configuration, logger, shutdown, signal);
  const migrated = await migrateWhenReachable(
    {
      url: database.url,
      migrations: chatMigrations,
      onRowSecurity: (state) => reportRowSecurity(state, logger),
      signal,
    },
    logger,
  );
  if (migrated.length > 0) logger.event('info', 'database migrated', { migrations: migrated });
  if (configuration.database.preparesStatements) await checkPreparedStatements(database.url);
  signal.throwIfAborted();

  const app = await createApp(configuration, database.url, logger);
  shutdown.add('server', () => closeServer(app, configuration.shutdownDelayMs));
  const { host } = configuration.http;
  const port = await listen(app, configuration.http.port, host);
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, database: database.name };
}
