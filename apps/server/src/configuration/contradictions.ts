import { isLoopback } from './addresses.js';
import { Environment, type VariableName } from './environment.js';

/** What the configuration is for: running the server, only migrating its database, or checking its LLM servers. */
export type Purpose = 'serving' | 'migrating' | 'checking';

/** A rule about several variables. It is skipped if one of them is invalid by itself. */
interface Rule {
  about: readonly VariableName[];
  /** Whether the rule only matters for running the server. */
  isForServing?: boolean;
  /** @returns the mistake, or undefined. `set` contains the variables that are set. */
  mistake: (environment: Environment, set: ReadonlySet<VariableName>) => string | undefined;
}

/** Variables with addresses of LLM servers. */
const ADDRESS_NAMES = ['LLM_WEBSOCKET_URL', 'LLM_WEBSOCKET_URLS', 'LLM_FALLBACK_URLS'] as const;

const RULES: readonly Rule[] = [
  {
    about: ['NODE_ENV', 'DATABASE_URL'],
    mistake: ({ NODE_ENV, DATABASE_URL }) =>
      NODE_ENV === 'production' && DATABASE_URL === ''
        ? 'DATABASE_URL is missing: NODE_ENV=production does not run on the embedded database'
        : undefined,
  },
  {
    about: ['NODE_ENV', 'LLM_CONFIG', 'LLM_WEBSOCKET_URL', 'LLM_WEBSOCKET_URLS'],
    isForServing: true,
    mistake: ({ NODE_ENV, LLM_CONFIG, LLM_WEBSOCKET_URL, LLM_WEBSOCKET_URLS }) =>
      NODE_ENV === 'production' &&
      [LLM_CONFIG, LLM_WEBSOCKET_URL, ...LLM_WEBSOCKET_URLS].every((text) => text === '')
        ? 'LLM_WEBSOCKET_URL (or LLM_WEBSOCKET_URLS, or LLM_CONFIG) is missing: ' +
          'NODE_ENV=production does not run on the mock LLM'
        : undefined,
  },
  {
    about: ['LLM_CONFIG'],
    isForServing: true,
    mistake: (environment) => {
      const both = ADDRESS_NAMES.filter((name) => environment[name].length > 0);
      return environment.LLM_CONFIG !== '' && both.length > 0
        ? `LLM_CONFIG and ${both.join(', ')} are both set: set only one of them`
        : undefined;
    },
  },
  {
    about: ['AUTH', 'HOST', 'PUBLISHED_HOST', 'AUTH_INSECURE'],
    isForServing: true,
    mistake: ({ AUTH, HOST, PUBLISHED_HOST, AUTH_INSECURE }) => {
      const name = PUBLISHED_HOST === '' ? 'HOST' : 'PUBLISHED_HOST';
      const host = PUBLISHED_HOST || HOST;
      return AUTH === 'none' && !AUTH_INSECURE && !isLoopback(host)
        ? `AUTH is none, but ${name} ${JSON.stringify(host)} can be reached by others: ` +
            `set AUTH=keys and API_KEYS, or ${name}=127.0.0.1, or AUTH_INSECURE=true if this is intended`
        : undefined;
    },
  },
  {
    about: ['AUTH', 'CORS_ORIGINS', 'AUTH_INSECURE'],
    isForServing: true,
    mistake: ({ AUTH, CORS_ORIGINS, AUTH_INSECURE }) =>
      AUTH === 'none' && !AUTH_INSECURE && CORS_ORIGINS.includes('*')
        ? 'AUTH is none, but CORS_ORIGINS=* lets every page that you visit read your conversations: ' +
          'set AUTH=keys and API_KEYS, or list the origins, or set AUTH_INSECURE=true if this is intended'
        : undefined,
  },
  {
    about: ['AUTH', 'ALLOWED_HOSTS', 'AUTH_INSECURE'],
    isForServing: true,
    mistake: ({ AUTH, ALLOWED_HOSTS, AUTH_INSECURE }) =>
      AUTH === 'none' && !AUTH_INSECURE && ALLOWED_HOSTS.includes('*')
        ? 'AUTH is none, but ALLOWED_HOSTS=* lets pages that you visit read your conversations (DNS rebinding): ' +
          'set AUTH=keys and API_KEYS, or list the hosts, or set AUTH_INSECURE=true if this is intended'
        : undefined,
  },
  {
    about: ['AUTH', 'API_KEYS'],
    mistake: ({ AUTH, API_KEYS }, set) => {
      if (AUTH === 'keys' && API_KEYS.length === 0) {
        return 'API_KEYS is missing: AUTH=keys needs at least one name:key';
      }
      return API_KEYS.length > 0 && !set.has('AUTH')
        ? 'AUTH is missing: API_KEYS is set, so set AUTH=keys to use it, or AUTH=none to ignore it'
        : undefined;
    },
  },
  {
    about: ['API_KEYS', 'OPERATOR_KEYS'],
    mistake: ({ API_KEYS, OPERATOR_KEYS }) => {
      const at = OPERATOR_KEYS.findIndex(({ name, key }) =>
        API_KEYS.some((other) => other.key === key && other.name !== name),
      );
      return at >= 0
        ? `OPERATOR_KEYS has the key of an entry of API_KEYS under another name in entry ${at + 1}`
        : undefined;
    },
  },
  {
    about: ['AUTH', 'OPERATOR_KEYS'],
    mistake: ({ OPERATOR_KEYS }, set) =>
      OPERATOR_KEYS.length > 0 && !set.has('AUTH')
        ? 'AUTH is missing: OPERATOR_KEYS is set, so set AUTH=keys to use it, or AUTH=none to ignore it'
        : undefined,
  },
  {
    about: ['LLM_RETRY_BASE_MS', 'LLM_RETRY_MAX_MS'],
    mistake: ({ LLM_RETRY_BASE_MS, LLM_RETRY_MAX_MS }) =>
      LLM_RETRY_BASE_MS > LLM_RETRY_MAX_MS
        ? `LLM_RETRY_BASE_MS is ${LLM_RETRY_BASE_MS}; it must not exceed LLM_RETRY_MAX_MS (${LLM_RETRY_MAX_MS})`
        : undefined,
  },
  {
    about: ['LLM_REUSE', 'LLM_MULTIPLEX'],
    mistake: ({ LLM_REUSE, LLM_MULTIPLEX }) =>
      LLM_REUSE === 'never' && LLM_MULTIPLEX
        ? 'LLM_REUSE is never, but LLM_MULTIPLEX lets requests share connections: set one of them alone'
        : undefined,
  },
  withinTotal('LLM_CONNECT_TIMEOUT'),
  withinTotal('LLM_FIRST_TOKEN_TIMEOUT'),
  withinTotal('LLM_IDLE_TIMEOUT'),
  withinTotal('LLM_QUEUE_TIMEOUT'),
];

/**
 * One line for each group of variables that contradict each other.
 * @param set the variables that are set
 * @param skipped variables that are invalid by themselves, or without effect: rules about them are skipped
 */
export function contradictions(
  environment: Environment,
  set: ReadonlySet<VariableName>,
  skipped: ReadonlySet<VariableName>,
  purpose: Purpose,
): string[] {
  return RULES.filter((rule) => isFor(purpose, rule))
    .filter(({ about }) => !about.some((name) => skipped.has(name)))
    .flatMap(({ mistake }) => mistake(environment, set) ?? []);
}

function isFor(purpose: Purpose, { about, isForServing = false }: Rule): boolean {
  if (purpose === 'serving') return true;
  return !isForServing && (purpose === 'migrating' || about.every((name) => name.startsWith('LLM_')));
}

/**
 * A timeout above LLM_TIMEOUT has no effect, so setting one is a mistake. A default above it is not: setting a short
 * LLM_TIMEOUT alone is allowed.
 */
function withinTotal(
  name: 'LLM_CONNECT_TIMEOUT' | 'LLM_FIRST_TOKEN_TIMEOUT' | 'LLM_IDLE_TIMEOUT' | 'LLM_QUEUE_TIMEOUT',
): Rule {
  return {
    about: [name, 'LLM_TIMEOUT'],
    mistake: (environment) => {
      const timeout = environment[name];
      return timeout > environment.LLM_TIMEOUT && timeout !== new Environment()[name]
        ? `${name} is ${timeout}; it must not exceed LLM_TIMEOUT (${environment.LLM_TIMEOUT}), which ends the whole answer`
        : undefined;
    },
  };
}
