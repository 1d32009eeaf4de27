import { isUnavailable, migrate, type MigrateOptions } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger } from '../logging/logger.js';

/** How long a database may take to start beside us, and how often it is tried, in ms. */
const patienceMs = 30_000;
const retryMs = 1_000;

/** {@link migrate}, which waits for a database that is still starting. Returns the names of what ran. */
export async function migrateWhenReachable(options: MigrateOptions, logger: Logger): Promise<string[]> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await migrate(options);
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > giveUpAt || options.signal?.aborted) throw error;
      logger.event('warn', 'the database cannot be reached yet', { error: (error as Error).message });
      await sleep(retryMs, undefined, options.signal && { signal: options.signal });
    }
  }
}
