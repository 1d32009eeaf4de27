import { chatMigrations } from '#chat';
import { migrateWhenReachable } from './migrate-when-reachable.js';
import { reportRowSecurity } from './report-row-security.js';
import { openDatabase } from './open-database.js';
import { runProcess } from './run-process.js';

/** `npm run migrate`: runs pending migrations and exits. For a separate step before a new version starts. */
export function migrateDatabase(stop: AbortSignal): Promise<void> {
  return runProcess(stop, 'migrating', async (configuration, logger, shutdown) => {
    const { url } = await openDatabase(configuration, logger, shutdown, stop);
    const migrations = await migrateWhenReachable(
      {
        url,
        migrations: chatMigrations,
        onRowSecurity: (state) => reportRowSecurity(state, logger),
        signal: stop,
      },
      logger,
    );
    const message = migrations.length === 0 ? 'the database is up to date' : 'database migrated';
    logger.event('info', message, { migrations });
    await shutdown.run();
    process.exit(0);
  });
}
