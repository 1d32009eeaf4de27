import { balancerNames, emptyAnswerPolicies, llmDefaults, reuseSettings } from '#llm';
import { routeSchema } from './route-schema.js';

/** The maximum of most times, in seconds. */
const HOUR = 3600;

const seconds = (description: string, defaultMs: number, least = 0.001, most = HOUR) => ({
  description: `${description}, in seconds.`,
  type: 'number',
  minimum: least,
  maximum: most,
  default: defaultMs / 1000,
});

const fraction = (description: string, defaultValue: number) => ({
  description,
  type: 'number',
  minimum: 0,
  maximum: 1,
  default: defaultValue,
});

const count = (description: string, defaultValue: number, least: number, most: number) => ({
  description,
  type: 'integer',
  minimum: least,
  maximum: most,
  default: defaultValue,
});

const flag = (description: string, defaultValue: boolean) => ({
  description,
  type: 'boolean',
  default: defaultValue,
});

const group = (title: string, description: string, properties: Record<string, object>) => ({
  title,
  description,
  type: 'object',
  additionalProperties: false,
  properties,
});

const { timeouts, retry, retryBudget, breaker, hedging, transport } = llmDefaults;

/**
 * The JSON schema (2020-12) of an LLM file. `schemas/llm.schema.json` is a copy for editors. They validate texts before
 * substitution, so the patterns allow `${NAME}` for addresses and secrets.
 */
export const LLM_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: "Parley's LLM servers (LLM_CONFIG)",
  description:
    'The fallback chain: routes in order, then the fallback reply, then the error. ' +
    'In every text, ${NAME} is replaced by that environment variable, and $${ by ${.',
  type: 'object',
  additionalProperties: false,
  required: ['routes'],
  properties: {
    $schema: { description: 'The location of this schema, for editors.', type: 'string' },
    routes: {
      title: 'Routes',
      description: 'The primary route first. Each further route is tried after those before it have failed.',
      type: 'array',
      minItems: 1,
      items: routeSchema(balancerNames, emptyAnswerPolicies, reuseSettings),
    },
    fallback_reply: {
      title: 'Fallback reply',
      description: 'The answer if every route has failed. Default: LLM_FALLBACK_REPLY, or the error.',
      type: 'string',
      minLength: 1,
      maxLength: 10_000,
      pattern: '^[^\\u0000]*$',
      patternErrorMessage: 'must not contain a NUL character',
    },
    empty_answer: {
      title: 'Empty answers',
      description:
        'How an answer without text is treated: as a failure (empty_answer), after which another server is tried, or as ' +
        'valid. Default: LLM_EMPTY_ANSWER.',
      enum: [...emptyAnswerPolicies],
      default: llmDefaults.emptyAnswer,
    },
    timeouts: group('Timeouts', 'How long to wait. Defaults: the LLM_…TIMEOUT variables.', {
      total: seconds('For a complete answer, including retries and fallbacks', timeouts.totalMs),
      connect: seconds('For a connection to open', transport.connectTimeoutMs),
      first_token: seconds('For the first piece of a streamed answer', timeouts.firstTokenMs),
      idle: seconds('Between two pieces of a streamed answer', timeouts.idleMs),
      queue: seconds('For a connection to become free', timeouts.queueMs),
      ping: seconds('For an idle connection to answer a ping', transport.pingTimeoutMs),
    }),
    retry: group('Retries', 'Retries after a failure. Defaults: the LLM_…RETR… variables.', {
      max_retries: count('Retries in one route after its first attempt; 0: none.', retry.maxRetries, 0, 20),
      base: seconds(
        'The longest first pause; each further one is at most twice as long',
        retry.baseMs,
        0,
        60,
      ),
      max: seconds('The longest pause', retry.maxMs, 0, 600),
      budget: group('Retry budget', 'How many retries all requests to a route together may use.', {
        ratio: fraction('Retries that each request adds to the budget.', retryBudget.ratio),
        floor: count('The initial number of retries, and the maximum.', retryBudget.floor, 0, 100_000),
        per_second: {
          description: 'Retries that are added per second.',
          type: 'number',
          minimum: 0,
          maximum: 1000,
          default: retryBudget.perSecond,
        },
      }),
    }),
    breaker: group('Breaker', 'When an endpoint that fails gets no more requests, and for how long.', {
      failures: count('Consecutive failures that open the breaker.', breaker.failures, 1, 10_000),
      failure_rate: {
        description: 'The part of failed requests in a window that opens the breaker.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: breaker.failureRate,
      },
      min_requests: count(
        'The fewest requests in a window for which the rate is considered.',
        breaker.minRequests,
        1,
        1_000_000,
      ),
      window: seconds('The window of the failure rate', breaker.windowMs),
      open: seconds('The longest open time at first; doubles each time', breaker.openMs),
      max_open: seconds('The longest open time', breaker.maxOpenMs),
      forget: seconds(
        'After this time without opening, the open time starts from the beginning',
        breaker.forgetMs,
        0.001,
        24 * HOUR,
      ),
    }),
    hedging: group('Hedging', 'A second request to another endpoint if the first one is slower than usual.', {
      on: flag('Whether it is enabled. Default: LLM_HEDGING.', hedging.isOn),
      ratio: fraction('The part of the requests that may be sent twice.', hedging.ratio),
      min_samples: count(
        'Measured times to the first token before an endpoint counts as slow.',
        hedging.minSamples,
        1,
        100,
      ),
    }),
    connections: group('Connections', 'Limits for each endpoint.', {
      max: count('The most connections. Default: LLM_MAX_CONNECTIONS.', transport.maxConnections, 1, 10_000),
      max_queue: count(
        'The most requests that wait for a connection. Default: LLM_MAX_QUEUE.',
        transport.maxQueue,
        0,
        1_000_000,
      ),
      multiplex: flag(
        'Whether the servers repeat request_id in every frame: requests then share connections. Default: LLM_MULTIPLEX.',
        false,
      ),
      reuse: {
        description:
          'Which connections may be reused if the servers do not repeat request ids: for other callers after a quiet ' +
          'period (settled), never, or always immediately. Default: LLM_REUSE.',
        enum: [...reuseSettings],
        default: transport.reuse,
      },
    }),
  },
};
