import { balancerNames, emptyAnswerPolicies, llmDefaults, reuseSettings } from '#llm';
import { routeSchema } from './route-schema.js';

/** Longest of any time that a request waits, in seconds. */
const HOUR = 3600;

const seconds = (description: string, defaultMs: number, least = 0.001, most = HOUR) => ({
  description: `${description}, in seconds.`,
  type: 'number',
  minimum: least,
  maximum: most,
  default: defaultMs / 1000,
});

const fraction = (description: string, standard: number) => ({
  description,
  type: 'number',
  minimum: 0,
  maximum: 1,
  default: standard,
});

const count = (description: string, standard: number, least: number, most: number) => ({
  description,
  type: 'integer',
  minimum: least,
  maximum: most,
  default: standard,
});

const flag = (description: string, standard: boolean) => ({
  description,
  type: 'boolean',
  default: standard,
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
 * The form of an LLM file, in JSON Schema 2020-12. `schemas/llm.schema.json` is the same for editors: they see the texts
 * as they are written, so that `${NAME}` passes wherever an address or a secret belongs.
 */
export const LLM_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: "Parley's LLM servers (LLM_CONFIG)",
  description:
    'The fallback chain: routes in the order in which they are asked, then the fallback reply, then the error. ' +
    'In every text, ${NAME} is the value of that environment variable, and $${ stands for ${.',
  type: 'object',
  additionalProperties: false,
  required: ['routes'],
  properties: {
    $schema: { description: 'Where this schema is, for editors.', type: 'string' },
    routes: {
      title: 'Routes',
      description: 'The primary route first; each next one is asked when those before it have failed.',
      type: 'array',
      minItems: 1,
      items: routeSchema(balancerNames, emptyAnswerPolicies, reuseSettings),
    },
    fallback_reply: {
      title: 'Fallback reply',
      description: 'What to answer when every route has failed. Left out: LLM_FALLBACK_REPLY, or the error.',
      type: 'string',
      minLength: 1,
      maxLength: 10_000,
      pattern: '^[^\\u0000]*$',
      patternErrorMessage: 'must not contain a NUL character',
    },
    empty_answer: {
      title: 'Empty answers',
      description:
        'How an answer without text is treated: as a failure (empty_answer), and another server is tried, or as valid. ' +
        'Left out: LLM_EMPTY_ANSWER.',
      enum: [...emptyAnswerPolicies],
      default: llmDefaults.emptyAnswer,
    },
    timeouts: group('Timeouts', 'How long to wait. What is left out: the LLM_…TIMEOUT variables.', {
      total: seconds('For a whole answer, retries and fallbacks included', timeouts.totalMs),
      connect: seconds('For a connection to open', transport.connectTimeoutMs),
      first_token: seconds('For the first piece of a streamed answer', timeouts.firstTokenMs),
      idle: seconds('Between two pieces of a streamed answer', timeouts.idleMs),
      queue: seconds('For a connection to become free', timeouts.queueMs),
    }),
    retry: group('Retries', 'Asking again after a failure. What is left out: the LLM_…RETR… variables.', {
      max_retries: count(
        'Retries in one route, beside its first attempt; 0: never.',
        retry.maxRetries,
        0,
        20,
      ),
      base: seconds('Longest first pause; each further one is at most twice as long', retry.baseMs, 0, 60),
      max: seconds('Longest of all pauses', retry.maxMs, 0, 600),
      budget: group('Retry budget', 'What all requests to a route together may retry.', {
        ratio: fraction('Retries that each request earns.', retryBudget.ratio),
        floor: count('Retries that are there from the start, and at most.', retryBudget.floor, 0, 100_000),
        per_second: {
          description: 'Retries that time alone gives back, each second.',
          type: 'number',
          minimum: 0,
          maximum: 1000,
          default: retryBudget.perSecond,
        },
      }),
    }),
    breaker: group('Breaker', 'When an endpoint that fails is left alone, and for how long.', {
      failures: count('Failures in a row that open it.', breaker.failures, 1, 10_000),
      failure_rate: {
        description: 'The part of the requests in a window that opens it when it fails.',
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: breaker.failureRate,
      },
      min_requests: count(
        'Fewer requests than this in a window say nothing of a rate.',
        breaker.minRequests,
        1,
        1_000_000,
      ),
      window: seconds('The window of the failure rate', breaker.windowMs),
      open: seconds('Longest time that it is open at first; doubles with every time', breaker.openMs),
      max_open: seconds('Longest time that it is ever open', breaker.maxOpenMs),
      forget: seconds(
        'After so long without opening, the next time is a first one',
        breaker.forgetMs,
        0.001,
        24 * HOUR,
      ),
    }),
    hedging: group('Hedging', 'Asking a second endpoint when the first one is later than it uses to be.', {
      on: flag('Left out: LLM_HEDGING.', hedging.isOn),
      ratio: fraction('The part of the requests that may be asked twice.', hedging.ratio),
      min_samples: count(
        'Times to first token that an endpoint must have shown before it can be late.',
        hedging.minSamples,
        1,
        100,
      ),
    }),
    connections: group('Connections', 'Bounds for each endpoint.', {
      max: count('Most connections. Left out: LLM_MAX_CONNECTIONS.', transport.maxConnections, 1, 10_000),
      max_queue: count(
        'Most requests that wait for a connection. Left out: LLM_MAX_QUEUE.',
        transport.maxQueue,
        0,
        1_000_000,
      ),
      multiplex: flag(
        'Whether the servers echo request_id in every frame: requests then share connections. Left out: LLM_MULTIPLEX.',
        false,
      ),
      reuse: {
        description:
          'Which connections may be reused if the servers do not repeat request ids: for other callers after a quiet ' +
          'period (settled), never, or always immediately. Left out: LLM_REUSE.',
        enum: [...reuseSettings],
        default: transport.reuse,
      },
    }),
  },
};
