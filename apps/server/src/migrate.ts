import { stopSignals } from './start/stop-signals.js';

/** Entry point of the migration alone. */
const stop = stopSignals();
const { migrateDatabase } = await import('./start/migrate-database.js');
await migrateDatabase(stop);
