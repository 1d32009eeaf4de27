import {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  type Purpose,
} from '../configuration/index.js';
import { Logger } from '../logging/logger.js';
import { Shutdown } from './shutdown.js';
import { startError } from './start-error.js';

/** What a process does between its start and its end. */
export type Work = (
  configuration: Configuration,
  logger: Logger,
  shutdown: Shutdown,
  stop: AbortSignal,
) => Promise<void>;

/**
 * Runs a process: reads its configuration, does its work, and when it is told to stop, stops what was started and exits
 * with 0. What keeps it from starting is said on standard error, and it exits with 1.
 */
export async function runProcess(stop: AbortSignal, purpose: Purpose, work: Work): Promise<void> {
  const configuration = readConfiguration(purpose);
  const logger = new Logger(configuration.log, configuration.nodeEnv === 'production');
  const shutdown = new Shutdown((step, err) => logger.event('error', `could not stop the ${step}`, { err }));
  const end = async (): Promise<never> => {
    logger.event('info', `${(stop.reason as Error).message}: stopping`, {});
    await shutdown.run();
    process.exit(0);
  };
  try {
    await work(configuration, logger, shutdown, stop);
  } catch (error) {
    if (stop.aborted) return end();
    await shutdown.run();
    refuse(startError(error, configuration));
  }
  if (stop.aborted) return end();
  stop.addEventListener('abort', () => void end());
}

function readConfiguration(purpose: Purpose): Configuration {
  try {
    return loadConfiguration(process.env, '.env', purpose);
  } catch (error) {
    return refuse(error instanceof ConfigurationError ? error.message : String((error as Error).stack));
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
