import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type Configuration, type LlmConfiguration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { contradictions, type Purpose } from './contradictions.js';
import { databaseFileMistakes } from './database-files.js';
import { environmentProtocol } from './environment-protocol.js';
import { Environment, SECRET_NAMES, VARIABLE_NAMES, type VariableName } from './environment.js';
import { readExtraCa } from './extra-ca.js';
import { llmConfiguration } from './llm-configuration.js';
import { NO_LLM_FILE, openLlmFile } from './llm-file/open-llm-file.js';
import { milliseconds } from './milliseconds.js';
import { misspelledVariables } from './misspelled-variables.js';
import { quoteValue, type Variables } from './variables.js';

/**
 * Parses environment variables. Ignores white space around values; an empty value means unset.
 * @param variables all variables; unknown names are ignored unless they look like a misspelled name
 * @param readFile returns the text of a file that a variable names; throws if it cannot be read
 * @param purpose settings that it does not need may be missing
 * @throws ConfigurationError with all mistakes
 */
export function parseConfiguration(
  variables: Variables,
  readFile: (path: string) => string,
  purpose: Purpose = 'serving',
): Configuration {
  const texts = setVariables(variables);
  const environment = plainToInstance(Environment, Object.fromEntries(texts));
  const quoted = [...texts].filter(([name, text]) => isQuoted(name, text)).map(([name]) => name);
  const invalid = new Set(quoted);
  const mistakes = quoted.map(
    (name) => `${name} has quotes around its value, which arrive as a part of it: leave them out`,
  );
  for (const error of validateSync(environment)) {
    const name = error.property as VariableName;
    if (!quoted.includes(name)) mistakes.push(mistakeLine(error, texts));
    invalid.add(name);
  }
  const isFileNeeded = purpose !== 'migrating' && environment.LLM_CONFIG !== '' && !invalid.has('LLM_CONFIG');
  const llmFile = isFileNeeded ? openLlmFile(environment, invalid, variables, readFile) : NO_LLM_FILE;
  mistakes.push(
    ...contradictions(
      environment,
      new Set(texts.keys()),
      new Set([...invalid, ...llmFile.overridden]),
      purpose,
    ),
    ...misspelledVariables(Object.keys(variables), VARIABLE_NAMES, llmFile.variables),
  );
  const own =
    purpose !== 'migrating'
      ? environmentProtocol(environment, invalid, readFile)
      : { protocol: 'guide', variables: {}, mistakes: [] };
  mistakes.push(...own.mistakes);
  const extraCa = attempt(() =>
    environment.LLM_EXTRA_CA === '' || invalid.has('LLM_EXTRA_CA')
      ? undefined
      : readExtraCa(environment.LLM_EXTRA_CA, readFile),
  );
  if (extraCa.failure !== undefined) {
    mistakes.push(`LLM_EXTRA_CA is ${quoteValue(environment.LLM_EXTRA_CA)}; the file ${extraCa.failure}`);
  }
  if (purpose !== 'checking' && environment.DATABASE_URL !== '' && !invalid.has('DATABASE_URL')) {
    mistakes.push(...databaseFileMistakes(environment.DATABASE_URL, readFile));
  }
  mistakes.push(...llmFile.mistakes);
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  const { protocol, variables: protocolVariables } = own;
  return toConfiguration(
    environment,
    llmConfiguration(environment, llmFile, { protocol, variables: protocolVariables }, extraCa.value),
  );
}

/** The known variables that are set, trimmed. */
function setVariables(variables: Variables): Map<VariableName, string> {
  const texts = VARIABLE_NAMES.map((name) => [name, textOf(variables, name)] as const);
  return new Map(texts.filter(([, text]) => text !== ''));
}

/** The variables of proxies are also known in lower case, which takes precedence as in curl. */
function textOf(variables: Variables, name: VariableName): string {
  const lower =
    name.endsWith('_PROXY') && name !== 'TRUST_PROXY' ? variables[name.toLowerCase()]?.trim() : '';
  return lower || (variables[name]?.trim() ?? '');
}

/** `docker --env-file` and Kubernetes keep quotes that a shell or an `.env` file removes. A reply may begin with one. */
function isQuoted(name: VariableName, text: string): boolean {
  return (
    name !== 'LLM_FALLBACK_REPLY' && text.length > 1 && '"\'`'.includes(text[0]!) && text.endsWith(text[0]!)
  );
}

function mistakeLine(error: ValidationError, texts: ReadonlyMap<VariableName, string>): string {
  const name = error.property as VariableName;
  const allowed = Object.values(error.constraints ?? {}).join(', ');
  if (SECRET_NAMES.has(name)) return `${name} (not shown here) ${allowed}`;
  return `${name} is ${quoteValue(texts.get(name) ?? '')}; it ${allowed}`;
}

function attempt<T>(action: () => T): { value?: T; failure?: string } {
  try {
    return { value: action() };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

function toConfiguration(environment: Environment, llm: LlmConfiguration): Configuration {
  return {
    nodeEnv: environment.NODE_ENV,
    http: {
      host: environment.HOST,
      port: environment.PORT,
      basePath: environment.BASE_PATH || '/',
      corsOrigins: environment.CORS_ORIGINS,
      allowedHosts: environment.ALLOWED_HOSTS,
      trustProxy: environment.TRUST_PROXY,
      requestTimeoutMs: milliseconds(environment.REQUEST_TIMEOUT),
      stallTimeoutMs: milliseconds(environment.RESPONSE_STALL_TIMEOUT),
      responseMemoryBytes: environment.RESPONSE_MEMORY * 1024 * 1024,
      maxStreamsPerOwner: environment.MAX_STREAMS_PER_OWNER,
      maxStreams: environment.MAX_STREAMS || undefined,
      maxConnections: environment.MAX_CONNECTIONS || undefined,
    },
    log: { level: environment.LOG_LEVEL, format: environment.LOG_FORMAT },
    dataDirectory: environment.DATA_DIRECTORY,
    retentionDays: environment.RETENTION_DAYS || undefined,
    shutdownDelayMs: milliseconds(environment.SHUTDOWN_DELAY),
    drainTimeoutMs: milliseconds(environment.DRAIN_TIMEOUT),
    runLeaseMs: milliseconds(environment.RUN_LEASE),
    database: {
      url: environment.DATABASE_URL || undefined,
      poolSize: environment.DATABASE_POOL_SIZE,
      timeoutMs: milliseconds(environment.DATABASE_TIMEOUT),
      preparesStatements: environment.DATABASE_PREPARED_STATEMENTS,
    },
    ownerShare: ownerShare(environment),
    searchTimeoutMs: milliseconds(environment.SEARCH_TIMEOUT),
    llm,
    history: { maxMessages: environment.HISTORY_MAX_MESSAGES, maxChars: environment.HISTORY_MAX_CHARS },
    auth: {
      mode: environment.AUTH,
      keys: environment.API_KEYS,
      operatorKeys: environment.OPERATOR_KEYS,
      anonymousConnections: environment.ANONYMOUS_CONNECTIONS,
      failedSignIns: environment.FAILED_SIGN_INS,
    },
  };
}

/** A single owner may use everything. */
function ownerShare({ AUTH, API_KEYS, OWNER_SHARE }: Environment): number {
  const owners = new Set(API_KEYS.map(({ name }) => name));
  return AUTH === 'none' || owners.size < 2 ? 1 : OWNER_SHARE;
}
