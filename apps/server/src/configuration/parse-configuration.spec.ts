import fc from 'fast-check';
import { type Configuration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { parseConfiguration } from './parse-configuration.js';
import { type Variables } from './variables.js';

const noFile = (path: string): string => {
  throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
};
const parse = (variables: Variables) => parseConfiguration(variables, noFile);

/** The mistakes that are found; empty if there are none. */
function mistakesOf(variables: Variables): readonly string[] {
  let found: unknown;
  try {
    parse(variables);
  } catch (error) {
    found = error;
  }
  if (found === undefined) return [];
  expect(found).toBeInstanceOf(ConfigurationError);
  return (found as ConfigurationError).mistakes;
}

const defaults: Configuration = {
  nodeEnv: 'development',
  http: {
    host: '127.0.0.1',
    port: 3001,
    basePath: '/',
    corsOrigins: [],
    allowedHosts: [],
    trustProxy: [],
    requestTimeoutMs: 30_000,
    stallTimeoutMs: 30_000,
    responseMemoryBytes: 134_217_728,
    maxStreamsPerOwner: 100,
    maxStreams: undefined,
    maxConnections: undefined,
  },
  log: { level: 'info', format: '' },
  dataDirectory: '.data',
  shutdownDelayMs: 0,
  drainTimeoutMs: 20_000,
  retentionDays: undefined,
  runLeaseMs: 15_000,
  database: { url: undefined, poolSize: 10, timeoutMs: 15_000, preparesStatements: true },
  llm: {
    urls: [],
    fallbackUrls: [],
    routes: [],
    fallbackReply: undefined,
    apiKey: undefined,
    apiVersion: 'v1',
    clientId: 'chatbot-client',
    model: 'default',
    protocol: 'guide',
    variables: {},
    balancer: 'least_loaded',
    extraCa: undefined,
    proxy: { httpsProxy: undefined, httpProxy: undefined, noProxy: undefined },
    multiplex: false,
    reuse: 'settled',
    emptyAnswer: 'retry',
    timeoutMs: 30_000,
    connectTimeoutMs: 5000,
    firstTokenTimeoutMs: 10_000,
    idleTimeoutMs: 10_000,
    queueTimeoutMs: 30_000,
    pingTimeoutMs: 60_000,
    maxRetries: 3,
    retryBaseMs: 200,
    retryMaxMs: 5000,
    retryBudget: { ratio: 0.2, floor: 10, perSecond: 0.5 },
    breaker: {
      failures: 5,
      failureRate: 0.5,
      minRequests: 20,
      windowMs: 10_000,
      openMs: 5000,
      maxOpenMs: 60_000,
      forgetMs: 120_000,
    },
    hedging: { isOn: false, ratio: 0.05, minSamples: 20 },
    maxConnections: 100,
    maxQueue: 1000,
    maxTokens: 4000,
    temperature: 0.7,
  },
  history: { maxMessages: 50, maxChars: 100_000 },
  ownerShare: 1,
  searchTimeoutMs: 3_000,
  auth: { mode: 'none', keys: [], operatorKeys: [], anonymousConnections: 64, failedSignIns: 30 },
};

describe('parseConfiguration', () => {
  it('has a default for every variable', () => {
    expect(parse({})).toEqual(defaults);
  });

  it('treats an empty value as unset, and ignores unknown variables', () => {
    expect(parse({ PORT: '', LLM_API_KEY: '  ', HOST: undefined, PATH: '/bin', LLM_USER_PATH: 'x' })).toEqual(
      defaults,
    );
  });

  it.each<[Variables, object]>([
    [{ PORT: ' 0 ' }, { http: { port: 0 } }],
    [{ HOST: '::1' }, { http: { host: '::1' } }],
    [{ HOST: 'localhost' }, { http: { host: 'localhost' } }],
    [{ HOST: '127.8.8.8' }, { http: { host: '127.8.8.8' } }],
    [
      { HOST: '0.0.0.0', AUTH_INSECURE: 'TRUE' },
      { http: { host: '0.0.0.0' }, auth: { mode: 'none' } },
    ],
    [
      { CORS_ORIGINS: 'http://localhost:5173, https://app.example' },
      { http: { corsOrigins: ['http://localhost:5173', 'https://app.example'] } },
    ],
    [{ BASE_PATH: '/a/chat/' }, { http: { basePath: '/a/chat/' } }],
    [{ AUTH: 'keys', API_KEYS: 'ann:0123456789abcdef', CORS_ORIGINS: '*' }, { http: { corsOrigins: ['*'] } }],
    [{ LLM_TIMEOUT: '1.5' }, { llm: { timeoutMs: 1500, firstTokenTimeoutMs: 1500, connectTimeoutMs: 1500 } }],
    [{ LLM_CONNECT_TIMEOUT: '.25' }, { llm: { connectTimeoutMs: 250 } }],
    [{ LLM_HEDGING: 'true' }, { llm: { hedging: { isOn: true, ratio: 0.05 } } }],
    [{ LLM_BALANCER: 'priority' }, { llm: { balancer: 'priority' } }],
    [{ LLM_QUEUE_TIMEOUT: '.5' }, { llm: { queueTimeoutMs: 500 } }],
    [
      { HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' },
      { llm: { proxy: { httpsProxy: 'http://b:2' } } },
    ],
    [
      { http_proxy: 'http://b:2', NO_PROXY: '.x, y' },
      { llm: { proxy: { httpProxy: 'http://b:2', noProxy: '.x, y' } } },
    ],
    [{ LLM_PING_TIMEOUT: '120' }, { llm: { pingTimeoutMs: 120_000 } }],
    [{ LLM_TEMPERATURE: '0' }, { llm: { temperature: 0 } }],
    [{ LLM_MULTIPLEX: 'true' }, { llm: { multiplex: true } }],
    [{ LLM_REUSE: 'never' }, { llm: { reuse: 'never' } }],
    [{ LLM_EMPTY_ANSWER: 'accept' }, { llm: { emptyAnswer: 'accept' } }],
    [{ LLM_WEBSOCKET_URL: 'ws://a/chat' }, { llm: { urls: ['ws://a/chat'] } }],
    [
      { LLM_WEBSOCKET_URL: 'ws://a', LLM_WEBSOCKET_URLS: 'wss://b:1/x?key=K, ws://a/ ,,WS://A,ws://c' },
      { llm: { urls: ['ws://a', 'wss://b:1/x?key=K', 'ws://c'] } },
    ],
    [{ LLM_FALLBACK_URLS: 'ws://f' }, { llm: { urls: [], fallbackUrls: ['ws://f'] } }],
    [{ LLM_FALLBACK_REPLY: 'Sorry, later.' }, { llm: { fallbackReply: 'Sorry, later.' } }],
    [{ RETENTION_DAYS: '30' }, { retentionDays: 30 }],
    [{ RUN_LEASE: '2.5' }, { runLeaseMs: 2500 }],
    [{ DATABASE_PREPARED_STATEMENTS: 'false' }, { database: { preparesStatements: false } }],
    [{ DATABASE_TIMEOUT: '4.5' }, { database: { timeoutMs: 4500 } }],
    [{ DATABASE_URL: 'postgresql://u:p%40@h:1/d' }, { database: { url: 'postgresql://u:p%40@h:1/d' } }],
    [{ DATABASE_URL: 'postgres:///d?host=/run' }, { database: { url: 'postgres:///d?host=/run' } }],
    [
      { AUTH: 'keys', HOST: '0.0.0.0', API_KEYS: 'ann:0123456789abcdef, b_2:key:with:colons:1234' },
      {
        ownerShare: 0.8,
        auth: {
          mode: 'keys',
          keys: [
            { name: 'ann', key: '0123456789abcdef' },
            { name: 'b_2', key: 'key:with:colons:1234' },
          ],
        },
      },
    ],
    [{ AUTH: 'none', API_KEYS: 'ann:0123456789abcdef' }, { auth: { mode: 'none' } }],
    [{ AUTH: 'keys', API_KEYS: 'ann:0123456789abcdef' }, { ownerShare: 1 }],
    [
      { AUTH: 'keys', API_KEYS: 'ann:0123456789abcdef,bob:fedcba9876543210', OWNER_SHARE: '0.5' },
      { ownerShare: 0.5 },
    ],
    [
      {
        AUTH: 'keys',
        API_KEYS: 'ann:0123456789abcdef',
        OPERATOR_KEYS: 'ann:0123456789abcdef,ops:fedcba9876543210',
      },
      { auth: { operatorKeys: [{ name: 'ann' }, { name: 'ops', key: 'fedcba9876543210' }] } },
    ],
    [
      { HOST: '0.0.0.0', PUBLISHED_HOST: '127.0.0.1' },
      { http: { host: '0.0.0.0' }, auth: { mode: 'none' } },
    ],
    [
      { ALLOWED_HOSTS: 'chat.example, 10.0.0.7:3001,[fd00::7]', TRUST_PROXY: 'loopback,10.0.0.0/8' },
      {
        http: {
          allowedHosts: ['chat.example', '10.0.0.7:3001', '[fd00::7]'],
          trustProxy: ['loopback', '10.0.0.0/8'],
        },
      },
    ],
    [
      { NODE_ENV: 'production', DATABASE_URL: 'postgres://h/d', LLM_WEBSOCKET_URLS: 'ws://a' },
      { nodeEnv: 'production' },
    ],
  ])('reads %j', (variables, expected) => {
    expect(parse(variables)).toMatchObject(expected);
  });

  it.each<[Variables, string]>([
    [{ PORT: '65536' }, 'PORT is "65536"; it must be a whole number from 0 to 65535'],
    [{ PORT: '3001.5' }, 'PORT is "3001.5"; it must be a whole number from 0 to 65535'],
    [{ PORT: '0x10' }, 'PORT is "0x10"; it must be a whole number from 0 to 65535'],
    [{ PORT: '-1' }, 'PORT is "-1"; it must be a whole number from 0 to 65535'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV is "prod"; it must be one of: development, test, production'],
    [
      { LOG_LEVEL: 'verbose' },
      'LOG_LEVEL is "verbose"; it must be one of: fatal, error, warn, info, debug, trace, silent',
    ],
    [{ LLM_TIMEOUT: '30s' }, 'LLM_TIMEOUT is "30s"; it must be a number from 0.001 to 3600 seconds'],
    [{ LLM_TIMEOUT: '0' }, 'LLM_TIMEOUT is "0"; it must be a number from 0.001 to 3600 seconds'],
    [{ LLM_MAX_TOKENS: 'NaN' }, 'LLM_MAX_TOKENS is "NaN"; it must be a whole number from 1 to 10000000'],
    [{ LLM_TEMPERATURE: '2.1' }, 'LLM_TEMPERATURE is "2.1"; it must be a number from 0 to 2'],
    [
      { LLM_BALANCER: 'random' },
      'LLM_BALANCER is "random"; it must be one of: least_loaded, round_robin, priority',
    ],
    [
      { LLM_QUEUE_TIMEOUT: '31' },
      'LLM_QUEUE_TIMEOUT is 31; it must not exceed LLM_TIMEOUT (30), which ends the whole answer',
    ],
    [{ LLM_REUSE: 'often' }, 'LLM_REUSE is "often"; it must be one of: settled, never, always'],
    [
      { LLM_REUSE: 'never', LLM_MULTIPLEX: 'true' },
      'LLM_REUSE is never, but LLM_MULTIPLEX lets requests share connections: set one of them alone',
    ],
    [{ LLM_MULTIPLEX: 'yes' }, 'LLM_MULTIPLEX is "yes"; it must be true or false'],
    [{ HOST: '[::1]' }, 'HOST is "[::1]"; it must be an IP address (without brackets) or a host name'],
    [{ LLM_CLIENT_ID: 'grün' }, 'LLM_CLIENT_ID is "grün"; it must be 1 to 128 printable ASCII characters'],
    [{ LLM_API_KEY: 'a b' }, 'LLM_API_KEY (not shown here) must be printable ASCII without spaces'],
    [
      { LLM_WEBSOCKET_URL: 'http://u:pw@h' },
      'LLM_WEBSOCKET_URL (not shown here) must be a WebSocket address: write ws:// instead of http://',
    ],
    [{ LLM_WEBSOCKET_URL: 'h:8080' }, 'LLM_WEBSOCKET_URL (not shown here) must start with ws:// or wss://'],
    [{ LLM_WEBSOCKET_URL: 'ws://h:port' }, 'LLM_WEBSOCKET_URL (not shown here) is not a valid address'],
    [
      { LLM_WEBSOCKET_URL: 'ws://u:50%@h/' },
      'LLM_WEBSOCKET_URL (not shown here) is not a valid address; ' +
        'write special characters of its password percent-encoded (@ as %40, % as %25)',
    ],
    [{ LLM_WEBSOCKET_URL: 'ws://h/#a' }, 'LLM_WEBSOCKET_URL (not shown here) must not have a "#" part'],
    [
      { LLM_WEBSOCKET_URLS: 'ws://a,https://b,tcp://c' },
      'LLM_WEBSOCKET_URLS (not shown here) has mistakes: entry 2 must be a WebSocket address: ' +
        'write wss:// instead of https://; entry 3 must start with ws:// or wss://, not tcp://',
    ],
    [
      { DATABASE_URL: 'mysql://h/d' },
      'DATABASE_URL (not shown here) must start with postgres:// or postgresql://, not mysql://',
    ],
    [{ LLM_EXTRA_CA: '/nowhere.pem' }, 'LLM_EXTRA_CA is "/nowhere.pem"; the file cannot be read (ENOENT)'],
    [{ LLM_RETRY_BASE_MS: '6000' }, 'LLM_RETRY_BASE_MS is 6000; it must not exceed LLM_RETRY_MAX_MS (5000)'],
    [
      { LLM_FIRST_TOKEN_TIMEOUT: '60' },
      'LLM_FIRST_TOKEN_TIMEOUT is 60; it must not exceed LLM_TIMEOUT (30), which ends the whole answer',
    ],
    [
      { HOST: '0.0.0.0' },
      'AUTH is none, but HOST "0.0.0.0" can be reached by others: ' +
        'set AUTH=keys and API_KEYS, or HOST=127.0.0.1, or AUTH_INSECURE=true if this is intended',
    ],
    [
      { BASE_PATH: 'chat' },
      'BASE_PATH is "chat"; it must begin and end with a slash, with letters, digits, ".", "_", "~" and "-" in ' +
        'its parts, as in /chat/',
    ],
    [
      { CORS_ORIGINS: 'https://app.example/, app.example' },
      'CORS_ORIGINS is "https://app.example/, app.example"; it has mistakes: ' +
        'entry 1 must be the origin alone: https://app.example; ' +
        'entry 2 must be an origin, such as https://app.example, or *',
    ],
    [
      { CORS_ORIGINS: '*' },
      'AUTH is none, but CORS_ORIGINS=* lets every page that you visit read your conversations: ' +
        'set AUTH=keys and API_KEYS, or list the origins, or set AUTH_INSECURE=true if this is intended',
    ],
    [
      { ALLOWED_HOSTS: '*' },
      'AUTH is none, but ALLOWED_HOSTS=* lets pages that you visit read your conversations (DNS rebinding): ' +
        'set AUTH=keys and API_KEYS, or list the hosts, or set AUTH_INSECURE=true if this is intended',
    ],
    [
      { ALLOWED_HOSTS: 'http://chat.example,chat.example/x, ::1' },
      'ALLOWED_HOSTS is "http://chat.example,chat.example/x, ::1"; it has mistakes: ' +
        [1, 2, 3]
          .map(
            (entry) =>
              `entry ${entry} must be a host name or an IP address (IPv6 in brackets), with or without a port, or *`,
          )
          .join('; '),
    ],
    [
      { HOST: '0.0.0.0', PUBLISHED_HOST: '0.0.0.0' },
      'AUTH is none, but PUBLISHED_HOST "0.0.0.0" can be reached by others: ' +
        'set AUTH=keys and API_KEYS, or PUBLISHED_HOST=127.0.0.1, or AUTH_INSECURE=true if this is intended',
    ],
    [
      { AUTH: 'keys', API_KEYS: 'ann:0123456789abcdef', OPERATOR_KEYS: 'ops:0123456789abcdef' },
      'OPERATOR_KEYS has the key of an entry of API_KEYS under another name in entry 1',
    ],
    [
      { OPERATOR_KEYS: 'ops:0123456789abcdef' },
      'AUTH is missing: OPERATOR_KEYS is set, so set AUTH=keys to use it, or AUTH=none to ignore it',
    ],
    [{ AUTH: 'keys' }, 'API_KEYS is missing: AUTH=keys needs at least one name:key'],
    [
      { API_KEYS: 'ann:0123456789abcdef' },
      'AUTH is missing: API_KEYS is set, so set AUTH=keys to use it, or AUTH=none to ignore it',
    ],
    [{ LLM_API_KYE: 'x' }, 'LLM_API_KYE is not a variable of Parley; did you mean LLM_API_KEY?'],
    [
      { LLM_WEBSOCKETS_URL: 'x' },
      'LLM_WEBSOCKETS_URL is not a variable of Parley; did you mean LLM_WEBSOCKET_URL?',
    ],
    [{ LLM_MAX_RETIRES: '' }, 'LLM_MAX_RETIRES is not a variable of Parley; did you mean LLM_MAX_RETRIES?'],
    [{ DATABASE_URI: 'x' }, 'DATABASE_URI is not a variable of Parley; did you mean DATABASE_URL?'],
  ])('rejects %j', (variables, mistake) => {
    expect(mistakesOf(variables)).toEqual([mistake]);
  });

  it('rejects production without a database and an LLM server', () => {
    expect(mistakesOf({ NODE_ENV: 'production', LLM_FALLBACK_URLS: 'ws://f' })).toEqual([
      'DATABASE_URL is missing: NODE_ENV=production does not run on the embedded database',
      'LLM_WEBSOCKET_URL (or LLM_WEBSOCKET_URLS, or LLM_CONFIG) is missing: NODE_ENV=production does not run on the mock LLM',
    ]);
  });

  it('lists every mistake once, on a line of its own', () => {
    const variables = {
      PORT: 'x',
      LLM_TIMEOUT: 'y',
      LLM_IDLE_TIMEOUT: '99',
      AUTH: 'both',
      HOST: '0.0.0.0',
      LLM_TIMEOUTS: '1',
    };
    expect(() => parse(variables)).toThrow(ConfigurationError);
    expect(mistakesOf(variables).map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'LLM_TIMEOUT',
      'AUTH',
      'LLM_TIMEOUTS',
    ]);
    expect(new ConfigurationError(mistakesOf(variables)).message.split('\n')).toHaveLength(5);
  });

  it('shortens long values in messages', () => {
    expect(mistakesOf({ PORT: 'x'.repeat(5000) })[0]?.length).toBeLessThan(200);
  });

  it('never shows a secret, in any variable and however malformed', () => {
    const marker = 'Xq9z';
    // Pieces that contain the marker, joined by characters that could make a parser split the secret.
    const secret = fc
      .array(
        fc.constantFrom('@', '/', ':', '//', '://', '#', '?', '%', '%zz', '[', ']', ' ', '\n', 'ü', '&', '='),
        {
          maxLength: 5,
        },
      )
      .map((joints) => joints.reduce((text, joint) => `${text}${joint}${marker}`, marker));
    const scheme = fc.constantFrom('', 'ws://', 'wss://', 'http://', 'postgres://', 'mysql://', '://', 'ws:');
    const address = fc.tuple(
      scheme,
      secret,
      fc.constantFrom('@host:1/x', '@h:port', '@', '', '/?key='),
      secret,
    );
    const url = address.map(
      ([start, first, middle, last]) => `${start}user:${first}${middle}${middle.endsWith('=') ? last : ''}`,
    );
    const keys = fc
      .array(fc.tuple(fc.constantFrom('ann:', 'bob:', 'no name:', ''), secret), {
        minLength: 1,
        maxLength: 3,
      })
      .map((entries) => entries.map(([name, key]) => `${name}${key}`).join(','));
    const variables = fc.record({
      DATABASE_URL: url,
      LLM_WEBSOCKET_URL: url,
      LLM_WEBSOCKET_URLS: fc.array(url, { maxLength: 3 }).map((list) => list.join(',')),
      LLM_FALLBACK_URLS: url,
      LLM_API_KEY: secret,
      LLM_API_KYE: secret,
      API_KEYS: keys,
    });
    let mistakeCount = 0;
    fc.assert(
      fc.property(variables, (values) => {
        const mistakes = mistakesOf({ ...values, PORT: 'wrong' });
        mistakeCount += mistakes.length;
        expect(mistakes.join('\n')).not.toContain(marker);
      }),
      { numRuns: 300 },
    );
    expect(mistakeCount).toBeGreaterThan(600);
  });
});

describe('parseConfiguration for a migration', () => {
  it('requires a database in production, and nothing that only the server needs', () => {
    const variables = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/parley', HOST: '0.0.0.0' };
    expect(parseConfiguration(variables, () => '', 'migrating').database.url).toBe('postgres://db/parley');
    expect(() => parseConfiguration(variables, () => '')).toThrow(/LLM_WEBSOCKET_URL[^]*AUTH/);
    expect(() => parseConfiguration({ NODE_ENV: 'production' }, () => '', 'migrating')).toThrow(
      'DATABASE_URL',
    );
  });
});
