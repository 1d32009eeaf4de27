import { authDefaults } from '#auth';
import { backpressureDefaults } from '#backpressure';
import { chatDefaults } from '#chat';
import { databaseDefaults } from '#database';
import {
  balancerNames,
  emptyAnswerPolicies,
  llmDefaults,
  proxyMistake,
  reuseSettings,
  type BalancerName,
  type EmptyAnswerPolicy,
  type ReuseSetting,
} from '#llm';
import {
  basePathMistake,
  databaseUrlMistake,
  hostMistake,
  isHost,
  originMistake,
  webSocketUrlMistake,
} from './addresses.js';
import { type ApiKey } from './api-keys.js';
import { type Configuration } from './configuration.js';
import { trustProxyMistake } from './trust-proxy.js';
import {
  ApiKeysVariable,
  BooleanVariable,
  CheckedVariable,
  ChoiceVariable,
  ListVariable,
  NumberVariable,
  PairsVariable,
  TextVariable,
  WholeNumberVariable,
  type Pairs,
} from './variable-decorators.js';

/** The maximum of most times in the environment, in seconds. */
const HOUR = 3600;

/** Printable ASCII, which is valid in a header of a request to an LLM server. */
const isHeaderText = (text: string) => /^[\x20-\x7e]{1,128}$/.test(text);

/**
 * Every environment variable with its name, default and bounds. An empty value means unset. Describe new variables in
 * reference/variable-groups.ts; `npm run docs` then updates docs/configuration.md and .env.example.
 */
export class Environment {
  @ChoiceVariable('development', 'test', 'production')
  NODE_ENV: Configuration['nodeEnv'] = 'development';

  @TextVariable(isHost, 'must be an IP address (without brackets) or a host name')
  HOST: string = '127.0.0.1';

  @WholeNumberVariable(0, 65_535)
  PORT: number = 3001;

  @CheckedVariable(basePathMistake)
  BASE_PATH: string = '/';

  @ListVariable(originMistake)
  CORS_ORIGINS: string[] = [];

  @ListVariable(hostMistake)
  ALLOWED_HOSTS: string[] = [];

  @TextVariable(isHost, 'must be an IP address (without brackets) or a host name')
  PUBLISHED_HOST: string = '';

  @ListVariable(trustProxyMistake)
  TRUST_PROXY: string[] = [];

  /** The longest time for the headers and the body of a request to arrive; responses may take longer. */
  @NumberVariable(0.1, HOUR, 'seconds')
  REQUEST_TIMEOUT: number = 30;

  /** How long a client may read nothing of a response before its connection is closed. */
  @NumberVariable(0.1, HOUR, 'seconds')
  RESPONSE_STALL_TIMEOUT: number = backpressureDefaults.stallMs / 1000;

  /** The memory for large responses in progress, in MiB; one owner may use a quarter of it. */
  @WholeNumberVariable(32, 65_536)
  RESPONSE_MEMORY: number = backpressureDefaults.responseBytes / 1024 / 1024;

  /** Event streams that one owner may have open. */
  @WholeNumberVariable(1, 1_000_000)
  MAX_STREAMS_PER_OWNER: number = backpressureDefaults.streamsPerOwner;

  /** Event streams of all owners; 0: as many as the limit of open files allows. */
  @WholeNumberVariable(0, 1_000_000)
  MAX_STREAMS: number = 0;

  /** HTTP connections; 0: as many as the limit of open files allows. */
  @WholeNumberVariable(0, 1_000_000)
  MAX_CONNECTIONS: number = 0;

  /** How long requests are still accepted after readiness reports 503 at shutdown: the time a load balancer needs to notice. */
  @NumberVariable(0, HOUR, 'seconds')
  SHUTDOWN_DELAY: number = 0;

  /** How long running answers may continue at shutdown. */
  @NumberVariable(0, HOUR, 'seconds')
  DRAIN_TIMEOUT: number = 20;

  /** At least 1 s: with a shorter lease, a garbage collection or a busy machine would look like a crash. */
  @NumberVariable(1, HOUR, 'seconds')
  RUN_LEASE: number = chatDefaults.leaseMs / 1000;

  /** Empty or 0: conversations do not expire. */
  @NumberVariable(0, 36_500)
  RETENTION_DAYS: number = 0;

  @ChoiceVariable('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
  LOG_LEVEL: Configuration['log']['level'] = 'info';

  @ChoiceVariable('', 'json', 'pretty')
  LOG_FORMAT: Configuration['log']['format'] = '';

  @CheckedVariable(databaseUrlMistake)
  DATABASE_URL: string = '';

  @WholeNumberVariable(1, 1000)
  DATABASE_POOL_SIZE: number = 10;

  @NumberVariable(0.001, HOUR, 'seconds')
  DATABASE_TIMEOUT: number = databaseDefaults.queryTimeoutMs / 1000;

  @BooleanVariable()
  DATABASE_PREPARED_STATEMENTS: boolean = databaseDefaults.preparesStatements;

  @NumberVariable(0.001, HOUR, 'seconds')
  SEARCH_TIMEOUT: number = chatDefaults.searchTimeoutMs / 1000;

  @TextVariable((text) => !text.includes('\0'), 'must be the path of a folder')
  DATA_DIRECTORY: string = '.data';

  @TextVariable((text) => !text.includes('\0'), 'must be the path of a YAML or JSON file')
  LLM_CONFIG: string = '';

  @CheckedVariable(webSocketUrlMistake)
  LLM_WEBSOCKET_URL: string = '';

  @ListVariable(webSocketUrlMistake)
  LLM_WEBSOCKET_URLS: string[] = [];

  @TextVariable((text) => !text.includes('\0'), 'must be a protocol, or the path of a YAML or JSON file')
  LLM_PROTOCOL: string = 'guide';

  @PairsVariable()
  LLM_PROTOCOL_VARIABLES: Pairs = [];

  @ChoiceVariable(...balancerNames)
  LLM_BALANCER: BalancerName = 'least_loaded';

  @ListVariable(webSocketUrlMistake)
  LLM_FALLBACK_URLS: string[] = [];

  @TextVariable((text) => text.length <= 10_000 && !text.includes('\0'), 'must be at most 10000 characters')
  LLM_FALLBACK_REPLY: string = '';

  @TextVariable((text) => /^[\x21-\x7e]{1,4096}$/.test(text), 'must be printable ASCII without spaces')
  LLM_API_KEY: string = '';

  @TextVariable(isHeaderText, 'must be 1 to 128 printable ASCII characters')
  LLM_API_VERSION: string = 'v1';

  @TextVariable(isHeaderText, 'must be 1 to 128 printable ASCII characters')
  LLM_CLIENT_ID: string = 'chatbot-client';

  @TextVariable((text) => text.length <= 200 && !text.includes('\0'), 'must be at most 200 characters')
  LLM_MODEL_NAME: string = 'default';

  @WholeNumberVariable(1, 10_000_000)
  LLM_MAX_TOKENS: number = 4000;

  @NumberVariable(0, 2)
  LLM_TEMPERATURE: number = 0.7;

  @TextVariable((text) => !text.includes('\0'), 'must be the path of a PEM file')
  LLM_EXTRA_CA: string = '';

  @CheckedVariable(proxyMistake)
  HTTPS_PROXY: string = '';

  @CheckedVariable(proxyMistake)
  HTTP_PROXY: string = '';

  @TextVariable((text) => text.length <= 10_000 && !text.includes('\0'), 'must be at most 10000 characters')
  NO_PROXY: string = '';

  @BooleanVariable()
  LLM_MULTIPLEX: boolean = false;

  /** The reuse of connections to servers that do not repeat request ids. */
  @ChoiceVariable(...reuseSettings)
  LLM_REUSE: ReuseSetting = llmDefaults.transport.reuse;

  /** `retry`: an answer without text is a failure; `accept`: it is valid. */
  @ChoiceVariable(...emptyAnswerPolicies)
  LLM_EMPTY_ANSWER: EmptyAnswerPolicy = llmDefaults.emptyAnswer;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_TIMEOUT: number = llmDefaults.timeouts.totalMs / 1000;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_CONNECT_TIMEOUT: number = llmDefaults.transport.connectTimeoutMs / 1000;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_FIRST_TOKEN_TIMEOUT: number = llmDefaults.timeouts.firstTokenMs / 1000;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_IDLE_TIMEOUT: number = llmDefaults.timeouts.idleMs / 1000;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_QUEUE_TIMEOUT: number = llmDefaults.timeouts.queueMs / 1000;

  @NumberVariable(0.001, HOUR, 'seconds')
  LLM_PING_TIMEOUT: number = llmDefaults.transport.pingTimeoutMs / 1000;

  @WholeNumberVariable(0, 20)
  LLM_MAX_RETRIES: number = llmDefaults.retry.maxRetries;

  @WholeNumberVariable(0, 60_000)
  LLM_RETRY_BASE_MS: number = llmDefaults.retry.baseMs;

  @WholeNumberVariable(0, 600_000)
  LLM_RETRY_MAX_MS: number = llmDefaults.retry.maxMs;

  @BooleanVariable()
  LLM_HEDGING: boolean = llmDefaults.hedging.isOn;

  @WholeNumberVariable(1, 10_000)
  LLM_MAX_CONNECTIONS: number = llmDefaults.transport.maxConnections;

  @WholeNumberVariable(0, 1_000_000)
  LLM_MAX_QUEUE: number = llmDefaults.transport.maxQueue;

  @WholeNumberVariable(0, 10_000)
  HISTORY_MAX_MESSAGES: number = 50;

  @WholeNumberVariable(0, 10_000_000)
  HISTORY_MAX_CHARS: number = 100_000;

  @ChoiceVariable('none', 'keys')
  AUTH: Configuration['auth']['mode'] = 'none';

  /**
   * The part of LLM connections, database connections and queues for one owner. No effect while there is only one
   * owner.
   */
  @NumberVariable(0.01, 1)
  OWNER_SHARE: number = llmDefaults.transport.ownerShare;

  @ApiKeysVariable()
  API_KEYS: ApiKey[] = [];

  @ApiKeysVariable()
  OPERATOR_KEYS: ApiKey[] = [];

  @BooleanVariable()
  AUTH_INSECURE: boolean = false;

  @WholeNumberVariable(1, 10_000)
  ANONYMOUS_CONNECTIONS: number = authDefaults.anonymousConnections;

  @WholeNumberVariable(1, 10_000)
  FAILED_SIGN_INS: number = authDefaults.failedSignIns;
}

/** The name of a variable. */
export type VariableName = keyof Environment;

/** Every name, in the order of the class. */
export const VARIABLE_NAMES = Object.keys(new Environment()) as readonly VariableName[];

/** Variables whose value is, or may contain, a password or a key. Their values are never shown. */
export const SECRET_NAMES: ReadonlySet<VariableName> = new Set([
  'DATABASE_URL',
  'LLM_WEBSOCKET_URL',
  'LLM_WEBSOCKET_URLS',
  'LLM_FALLBACK_URLS',
  'LLM_API_KEY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'LLM_PROTOCOL_VARIABLES',
  'API_KEYS',
  'OPERATOR_KEYS',
]);
