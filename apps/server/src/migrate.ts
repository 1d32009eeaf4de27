import { stopSignals } from './start/stop-signals.js';

/** The migration by itself. */
const stop = stopSignals();
const { migrateDatabase } = await import('./start/migrate-database.js');
await migrateDatabase(stop);
