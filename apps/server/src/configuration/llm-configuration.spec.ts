import { type LlmConfiguration } from './configuration.js';
import { ConfigurationError } from './configuration-error.js';
import { isLlmConfigured, llmChain } from './llm-chain.js';
import { parseConfiguration } from './parse-configuration.js';
import { type Variables } from './variables.js';

const routes = 'routes: [{ name: a, endpoints: [ws://a/chat] }]\n';
const parse = (file: string, variables: Variables = {}) =>
  parseConfiguration({ LLM_CONFIG: 'llm.yaml', ...variables }, (path) => {
    expect(path).toBe('llm.yaml');
    return file;
  });

function mistakesOf(file: string, variables: Variables = {}): readonly string[] {
  let found: unknown;
  try {
    parse(file, variables);
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(ConfigurationError);
  return (found as ConfigurationError).mistakes;
}

describe('parseConfiguration with an LLM file', () => {
  it('contains the routes of the file, with settings of the environment where the file has none', () => {
    const { llm } = parse(
      `routes:
  - { name: a, reuse: never, endpoints: [ws://a/chat, { url: ws://b/, weight: 3 }] }
  - name: b
    endpoints: [wss://c/]
    model: m
    protocol: guide
    balancer: priority
    api_key: \${LLM_API_KEY2}
    api_version: v2
    client_id: me
`,
      { LLM_API_KEY: 'key-1', LLM_API_KEY2: 'key-2', LLM_MODEL_NAME: 'env', LLM_BALANCER: 'round_robin' },
    );
    expect(llm.urls).toEqual([]);
    expect(llmChain(llm)).toEqual([
      {
        name: 'a',
        endpoints: [
          { url: 'ws://a/chat', weight: 1 },
          { url: 'ws://b/', weight: 3 },
        ],
        model: 'env',
        protocol: 'guide',
        variables: {},
        multiplex: undefined,
        reuse: 'never',
        balancer: 'round_robin',
        apiKey: 'key-1',
        apiVersion: 'v1',
        clientId: 'chatbot-client',
      },
      {
        name: 'b',
        endpoints: [{ url: 'wss://c/', weight: 1 }],
        model: 'm',
        protocol: 'guide',
        variables: {},
        multiplex: undefined,
        balancer: 'priority',
        apiKey: 'key-2',
        apiVersion: 'v2',
        clientId: 'me',
      },
    ]);
  });

  it.each<[string, Variables, Partial<LlmConfiguration>]>([
    ['fallback_reply: later', { LLM_FALLBACK_REPLY: 'env' }, { fallbackReply: 'later' }],
    ['', { LLM_FALLBACK_REPLY: 'env' }, { fallbackReply: 'env' }],
    [
      'timeouts: { total: 60, first_token: 45 }',
      { LLM_TIMEOUT: '20', LLM_IDLE_TIMEOUT: '7' },
      { timeoutMs: 60_000, firstTokenTimeoutMs: 45_000, idleTimeoutMs: 7000, queueTimeoutMs: 30_000 },
    ],
    // The variable exceeds the limit of the file. Without the file it would be a mistake.
    [
      'timeouts: { total: 4 }',
      { LLM_IDLE_TIMEOUT: '50' },
      { timeoutMs: 4000, idleTimeoutMs: 4000, connectTimeoutMs: 4000, queueTimeoutMs: 4000 },
    ],
    [
      'retry: { max_retries: 0, base: 0.05, budget: { floor: 1 } }',
      { LLM_MAX_RETRIES: '5', LLM_RETRY_MAX_MS: '100' },
      {
        maxRetries: 0,
        retryBaseMs: 50,
        retryMaxMs: 100,
        retryBudget: { ratio: 0.2, floor: 1, perSecond: 0.5 },
      },
    ],
    [
      'breaker: { failures: 2, failure_rate: 0.1, min_requests: 3, window: 4, open: 0.5, max_open: 6, forget: 7 }',
      {},
      {
        breaker: {
          failures: 2,
          failureRate: 0.1,
          minRequests: 3,
          windowMs: 4000,
          openMs: 500,
          maxOpenMs: 6000,
          forgetMs: 7000,
        },
      },
    ],
    [
      'hedging: { ratio: 0.2, min_samples: 5 }',
      { LLM_HEDGING: 'true' },
      { hedging: { isOn: true, ratio: 0.2, minSamples: 5 } },
    ],
    [
      'hedging: { on: false }',
      { LLM_HEDGING: 'true' },
      { hedging: { isOn: false, ratio: 0.05, minSamples: 20 } },
    ],
    ['connections: { reuse: never }', { LLM_REUSE: 'always' }, { reuse: 'never' }],
    ['empty_answer: retry', { LLM_EMPTY_ANSWER: 'accept' }, { emptyAnswer: 'retry' }],
    [
      'connections: { max: 3, multiplex: true }',
      { LLM_MAX_QUEUE: '9', LLM_MAX_CONNECTIONS: '8' },
      { maxConnections: 3, maxQueue: 9, multiplex: true },
    ],
    [
      'connections: { max_queue: 0, multiplex: false }',
      { LLM_MULTIPLEX: 'true' },
      { maxQueue: 0, multiplex: false },
    ],
  ])('prefers %j to %j', (file, variables, expected) => {
    expect(parse(routes + file, variables).llm).toMatchObject(expected);
  });

  it('is sufficient for production, and is not read for a migration', () => {
    const variables = { NODE_ENV: 'production', DATABASE_URL: 'postgres://h/d' };
    expect(isLlmConfigured(parse(routes, variables).llm)).toBe(true);
    const migrating = parseConfiguration(
      { ...variables, LLM_CONFIG: '/not/here', LLM_WEBSOCKET_URL: 'ws://a' },
      () => {
        throw new Error('the file is not needed');
      },
      'migrating',
    );
    expect(migrating.llm.routes).toEqual([]);
  });

  it('lists mistakes of the file together with those of the environment', () => {
    expect(
      mistakesOf('routes:\n  - { name: a }\nretry: { max: none }', {
        PORT: 'x',
        LLM_TIMEOUT: 'y',
        LLM_FALLBACK_URLS: 'ws://f',
        LLM_WEBSOCKET_URL: 'ws://a',
        LLM_TIMEOT: '3',
      }),
    ).toEqual([
      'PORT is "x"; it must be a whole number from 0 to 65535',
      'LLM_TIMEOUT is "y"; it must be a number from 0.001 to 3600 seconds',
      'LLM_CONFIG and LLM_WEBSOCKET_URL, LLM_FALLBACK_URLS are both set: ' + 'set only one of them',
      'LLM_TIMEOT is not a variable of Parley; did you mean LLM_TIMEOUT?',
      'llm.yaml:2:5 routes[0].endpoints is missing',
      'llm.yaml:3:15 retry.max must be a number',
    ]);
  });

  it('reports a file that cannot be read', () => {
    const none = (): string => {
      throw Object.assign(new Error('none'), { code: 'ENOENT' });
    };
    expect(() => parseConfiguration({ LLM_CONFIG: 'llm.yaml' }, none)).toThrow(
      'LLM_CONFIG is "llm.yaml"; the file cannot be read (ENOENT)',
    );
  });

  it('applies the limits of the environment unless the file sets them', () => {
    expect(
      mistakesOf(`${routes}timeouts: { idle: 21 }\nretry: { base: 2 }`, {
        LLM_TIMEOUT: '20',
        LLM_RETRY_MAX_MS: '1000',
      }),
    ).toEqual([
      'llm.yaml:2:19 timeouts.idle must not exceed timeouts.total, which is 20',
      'llm.yaml:3:16 retry.base must not exceed retry.max, which is 1',
    ]);
  });
});

describe('parseConfiguration without an LLM file', () => {
  const chainOf = (variables: Variables) => {
    const { llm } = parseConfiguration(variables, () => '');
    return [isLlmConfigured(llm), llmChain(llm).map(({ name, endpoints }) => [name, endpoints])];
  };

  it('creates routes from the addresses', () => {
    expect(chainOf({ LLM_WEBSOCKET_URLS: 'ws://a,ws://b', LLM_FALLBACK_URLS: 'ws://f' })).toEqual([
      true,
      [
        [
          'primary',
          [
            { url: 'ws://a', weight: 1 },
            { url: 'ws://b', weight: 1 },
          ],
        ],
        ['fallback', [{ url: 'ws://f', weight: 1 }]],
      ],
    ]);
  });

  it('does not count as configured with a fallback alone', () => {
    expect(chainOf({ LLM_FALLBACK_URLS: 'ws://f' })[0]).toBe(false);
    expect(chainOf({})).toEqual([false, [['primary', []]]]);
  });
});
