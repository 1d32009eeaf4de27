import { isLastingRefusal, isUnavailable, migrate, type MigrateOptions } from '#database';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger } from '../logging/logger.js';

/** How long to wait for a database that is still starting, and how often to retry, in ms. */
const timeoutMs = 30_000;
const retryMs = 1_000;

/**
 * Runs {@link migrate}, and retries it for 30 s while the database is not reachable. A refusal that
 * only the operator can end, such as a wrong password, is not retried.
 * @returns the names of the migrations that ran
 */
export async function migrateWhenReachable(options: MigrateOptions, logger: Logger): Promise<string[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await migrate(options);
    } catch (error) {
      if (
        !isUnavailable(error) ||
        isLastingRefusal(error) ||
        performance.now() > deadline ||
        options.signal?.aborted
      )
        throw error;
      logger.event('warn', 'the database cannot be reached yet', { error: (error as Error).message });
      await sleep(retryMs, undefined, options.signal && { signal: options.signal });
    }
  }
}
