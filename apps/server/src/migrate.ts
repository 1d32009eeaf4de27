import { chatMigrations } from '#chat';
import { migrate } from '#database';
import { runProcess } from './start/run-process.js';
import { openDatabase } from './start/open-database.js';

/** `npm run migrate`: brings the schema up to date and exits, as a step of its own before a new version is started. */
await runProcess(async (configuration, logger, shutdown, signal) => {
  const database = await openDatabase(configuration, logger, shutdown, signal);
  const migrations = await migrate({ url: database.url, migrations: chatMigrations, signal });
  logger.event('info', migrations.length === 0 ? 'the database is up to date' : 'database migrated', {
    migrations,
  });
  await shutdown.run();
});
