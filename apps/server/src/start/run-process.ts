import { ConfigurationError, loadConfiguration, type Configuration } from '../configuration/index.js';
import { Logger } from '../logging/logger.js';
import { Shutdown } from './shutdown.js';

/** What a process does between its start and its end. */
export type Work = (
  configuration: Configuration,
  logger: Logger,
  shutdown: Shutdown,
  signal: AbortSignal,
) => Promise<void>;

/**
 * Runs a process: reads its configuration, does its work, and on SIGINT or SIGTERM stops what was started and exits
 * with 0. A second signal ends it at once. What keeps it from starting is said on standard error, and it exits with 1.
 */
export async function runProcess(work: Work): Promise<void> {
  const configuration = readConfiguration();
  const logger = new Logger(configuration.log, configuration.nodeEnv === 'production');
  const shutdown = new Shutdown((step, err) => logger.event('error', `could not stop the ${step}`, { err }));
  const stopping = new AbortController();

  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(1);
    logger.event('info', `${signal}: stopping`, {});
    stopping.abort(new Error(`stopped by ${signal}`));
    void shutdown.run().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  try {
    await work(configuration, logger, shutdown, stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return;
    await shutdown.run();
    refuse(error);
  }
}

function readConfiguration(): Configuration {
  try {
    return loadConfiguration();
  } catch (error) {
    return refuse(error);
  }
}

function refuse(error: unknown): never {
  const message =
    error instanceof ConfigurationError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : error;
  process.stderr.write(`${String(message)}\n`);
  process.exit(1);
}
