import { type LoggerService } from '@nestjs/common';
import { SecretRedactor } from '#llm';
import { pino, type Logger as Pino, type LoggerOptions } from 'pino';
import { pretty } from './pretty.js';
import { redactLine } from './redact-line.js';
import { type Configuration } from '../configuration/index.js';

/** Contexts of Nest's own start-up messages, which are logged at `debug`. */
const startUpContexts = new Set([
  'InjectorLogger',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

const noSecrets = new SecretRedactor({ secrets: [] });

/** The logger of the process, also for Nest: writes JSON lines, or a readable format on a terminal. */
export class Logger implements LoggerService {
  readonly #pino: Pino;
  readonly #audit: Pino;

  /** @param redactor redacts secrets in every line */
  constructor({ level, format }: Configuration['log'], isProduction: boolean, redactor = noSecrets) {
    const isPretty = format === '' ? process.stdout.isTTY && !isProduction : format === 'pretty';
    const options: LoggerOptions = {
      level,
      base: null,
      hooks: { streamWrite: (line) => redactLine(line, redactor) },
    };
    this.#pino = isPretty ? pino(options, pretty()) : pino(options);
    // The audit log is written at every level except `silent`.
    this.#audit = this.#pino.child(
      { logger: 'parley.audit' },
      { level: level === 'silent' ? 'silent' : 'info' },
    );
  }

  /** One line of the audit log: written unless the level is `silent`, with `logger: "parley.audit"`. */
  audit(action: string, fields: object): void {
    this.#audit.info(fields, action);
  }

  /** Whether lines of this level are written. Check it before collecting the fields of a frequent line. */
  isEnabled(level: 'debug' | 'info'): boolean {
    return this.#pino.isLevelEnabled(level);
  }

  /** Writes one structured line. */
  event(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object): void {
    this.#pino[level](fields, message);
  }

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.#write(context !== undefined && startUpContexts.has(context) ? 'debug' : 'info', message, context);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, contextOf(rest), stackOf(rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, contextOf(rest), stackOf(rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, contextOf(rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, contextOf(rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, contextOf(rest));
  }

  #write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    context?: string,
    stack?: string,
  ): void {
    const fields = {
      ...(context === undefined ? {} : { context }),
      ...(stack === undefined ? {} : { stack }),
    };
    if (message instanceof Error) this.#pino[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object') this.#pino[level]({ ...fields, ...message });
    else this.#pino[level](fields, `${message as string}`);
  }
}

/** Nest passes the context as the last argument; for errors, with the stack before it. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}

function stackOf(rest: readonly unknown[]): string | undefined {
  return rest.find((value): value is string => typeof value === 'string' && value.includes('\n'));
}
