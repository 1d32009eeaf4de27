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
  const redactor = configuredRedactor(configuration);
  // Node would print every field of the error, and with an invalid URL its password.
  process.once('uncaughtException', (error) => refuse(redactor.redact(error.stack ?? String(error))));
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
    refuse(redactor.redact(startError(error, configuration)));
  }
  if (stop.aborted) return end();
  stop.addEventListener('abort', () => void end());
}

function readConfiguration(purpose: Purpose): Configuration {
  try {
    return loadConfiguration(process.env, '.env', purpose);
  } catch (error) {
    const message = error instanceof ConfigurationError ? error.message : String((error as Error).stack);
    return refuse(environmentRedactor(process.env).redact(message));
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
