import {
  type Configuration,
  ConfigurationError,
  loadConfiguration,
  type Purpose,
} from '../configuration/index.js';
import { shortestSecret } from '#llm';
import { configuredRedactor, environmentRedactor, shortSecrets } from '../logging/configured-secrets.js';
import { Logger } from '../logging/logger.js';
import { Shutdown } from './shutdown.js';
import { startError } from './start-error.js';

/** The work of a process. What it starts, it adds to `shutdown`. `stop` aborts on SIGINT and SIGTERM. */
export type Work = (
  configuration: Configuration,
  logger: Logger,
  shutdown: Shutdown,
  stop: AbortSignal,
) => Promise<void>;

/**
 * Runs a process: reads the configuration and calls `work`. On a stop signal, it stops everything that was started and
 * exits with 0. If it cannot start, it writes the reason to standard error and exits with 1.
 */
export async function runProcess(stop: AbortSignal, purpose: Purpose, work: Work): Promise<void> {
  const configuration = readConfiguration(purpose);
  const redactor = configuredRedactor(configuration);
  // Node would print every field of the error: for an invalid URL, its password.
  process.once('uncaughtException', (error) => fail(redactor.redact(error.stack ?? String(error))));
  const logger = new Logger(configuration.log, configuration.nodeEnv === 'production', redactor);
  for (const secret of shortSecrets(configuration)) {
    logger.event(
      'warn',
      `${secret} is shorter than ${shortestSecret} characters: it cannot be redacted in answers`,
      {},
    );
  }
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
    fail(redactor.redact(startError(error, configuration)));
  }
  if (stop.aborted) return end();
  stop.addEventListener('abort', () => void end());
}

function readConfiguration(purpose: Purpose): Configuration {
  try {
    return loadConfiguration(process.env, '.env', purpose);
  } catch (error) {
    const message = error instanceof ConfigurationError ? error.message : String((error as Error).stack);
    return fail(environmentRedactor(process.env).redact(message));
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
