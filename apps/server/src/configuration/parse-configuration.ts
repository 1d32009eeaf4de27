import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { contradictions, type Purpose } from './contradictions.js';
import { Environment, SECRET_NAMES, VARIABLE_NAMES, type VariableName } from './environment.js';
import { readExtraCa } from './extra-ca.js';
import { misspeltVariables } from './misspelt-variables.js';

/** Longest part of a wrong value that a message repeats. */
const MAX_SHOWN = 60;

/** Environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Makes the configuration of environment variables. White space around a value does not count; an empty value means an
 * unset one.
 *
 * @param variables what is set; names that are not ours are left alone, unless they look misspelt
 * @param readFile gives the text of a file that a variable names; throws if it cannot
 * @param purpose what is not needed for it may be missing
 * @throws ConfigurationError with every mistake at once
 */
export function parseConfiguration(
  variables: Variables,
  readFile: (path: string) => string,
  purpose: Purpose = 'serving',
): Configuration {
  const texts = givenTexts(variables);
  const environment = plainToInstance(Environment, Object.fromEntries(texts));
  const errors = validateSync(environment);
  const wrong = new Set(errors.map(({ property }) => property as VariableName));

  const mistakes = [
    ...errors.map((error) => mistakeLine(error, texts)),
    ...contradictions(environment, new Set(texts.keys()), wrong, purpose),
    ...misspeltVariables(Object.keys(variables), VARIABLE_NAMES),
  ];
  const extraCa = attempt(() =>
    environment.LLM_EXTRA_CA === '' || wrong.has('LLM_EXTRA_CA')
      ? undefined
      : readExtraCa(environment.LLM_EXTRA_CA, readFile),
  );
  if (extraCa.failure !== undefined) {
    mistakes.push(`LLM_EXTRA_CA is ${shown(environment.LLM_EXTRA_CA)}; the file ${extraCa.failure}`);
  }
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  return toConfiguration(environment, extraCa.value);
}

function givenTexts(variables: Variables): Map<VariableName, string> {
  const texts = VARIABLE_NAMES.map((name) => [name, variables[name]?.trim() ?? ''] as const);
  return new Map(texts.filter(([, text]) => text !== ''));
}

function mistakeLine(error: ValidationError, texts: ReadonlyMap<VariableName, string>): string {
  const name = error.property as VariableName;
  const allowed = Object.values(error.constraints ?? {}).join(', ');
  if (SECRET_NAMES.has(name)) return `${name} (not shown here) ${allowed}`;
  return `${name} is ${shown(texts.get(name) ?? '')}; it ${allowed}`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}

function attempt<T>(action: () => T): { value?: T; failure?: string } {
  try {
    return { value: action() };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

function toConfiguration(environment: Environment, extraCa: string | undefined): Configuration {
  const timeoutMs = milliseconds(environment.LLM_TIMEOUT);
  // No part of an answer can take longer than the whole.
  const part = (seconds: number) => Math.min(milliseconds(seconds), timeoutMs);
  return {
    nodeEnv: environment.NODE_ENV,
    http: { host: environment.HOST, port: environment.PORT },
    log: { level: environment.LOG_LEVEL, format: environment.LOG_FORMAT },
    dataDirectory: environment.DATA_DIRECTORY,
    drainTimeoutMs: milliseconds(environment.DRAIN_TIMEOUT),
    database: { url: environment.DATABASE_URL || undefined, poolSize: environment.DATABASE_POOL_SIZE },
    llm: {
      urls: distinct([environment.LLM_WEBSOCKET_URL, ...environment.LLM_WEBSOCKET_URLS]),
      fallbackUrls: distinct(environment.LLM_FALLBACK_URLS),
      fallbackReply: environment.LLM_FALLBACK_REPLY || undefined,
      apiKey: environment.LLM_API_KEY || undefined,
      apiVersion: environment.LLM_API_VERSION,
      clientId: environment.LLM_CLIENT_ID,
      model: environment.LLM_MODEL_NAME,
      extraCa,
      multiplex: environment.LLM_MULTIPLEX,
      timeoutMs,
      connectTimeoutMs: part(environment.LLM_CONNECT_TIMEOUT),
      firstTokenTimeoutMs: part(environment.LLM_FIRST_TOKEN_TIMEOUT),
      idleTimeoutMs: part(environment.LLM_IDLE_TIMEOUT),
      maxRetries: environment.LLM_MAX_RETRIES,
      retryBaseMs: environment.LLM_RETRY_BASE_MS,
      retryMaxMs: environment.LLM_RETRY_MAX_MS,
      maxConnections: environment.LLM_MAX_CONNECTIONS,
      maxQueue: environment.LLM_MAX_QUEUE,
      maxTokens: environment.LLM_MAX_TOKENS,
      temperature: environment.LLM_TEMPERATURE,
    },
    history: { maxMessages: environment.HISTORY_MAX_MESSAGES, maxChars: environment.HISTORY_MAX_CHARS },
    auth: { mode: environment.AUTH, keys: environment.API_KEYS },
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** In order, without empty ones and without another spelling of one before (`ws://h` and `ws://h/`). */
function distinct(addresses: readonly string[]): string[] {
  const byHref = new Map<string, string>();
  for (const address of addresses) {
    const href = URL.parse(address)?.href;
    if (href !== undefined && !byHref.has(href)) byHref.set(href, address);
  }
  return [...byHref.values()];
}
