import { type ErrorResponse, type ErrorResponses } from './error-responses.js';

/** What a code means to callers. */
interface ErrorMeaning {
  /** The HTTP response, for an error of a module that is independent of HTTP. */
  response?: ErrorResponse;
  /** The HTTP response to a caller that waited for a run with this `error.code`, if it is not 502 or 503. */
  run?: { status: number; code?: string; detail?: string };
  /** How the error appears under `/v1`, where it differs. */
  openAi?: OpenAiMeaning;
}

/** An error under `/v1`: what clients of the official API compare, and what keeps them from retrying. */
export interface OpenAiMeaning {
  /** `error.code`, if the official API has a code of its own. */
  code?: string;
  /** The HTTP status. Clients retry 408, 409, 429 and 5xx, and some also 422. */
  status?: number;
  /** `response.error.code` of a response that failed, if it is not `server_error`, which clients retry. */
  responseCode?: 'rate_limit_exceeded' | 'invalid_prompt' | 'context_length_exceeded' | 'model_not_found';
}

/** An error that is final: clients of the official API do not retry it. */
const isFinal = { status: 400, responseCode: 'invalid_prompt' } as const satisfies OpenAiMeaning;

/** The table of error codes. docs/errors.md lists them all; a test compares it with this table. */
const errorTable: Readonly<Record<string, ErrorMeaning>> = {
  database_unavailable: {
    response: {
      status: 503,
      title: 'The database is not available',
      detail: 'What was acknowledged before is safe. Try again.',
      retryAfterSeconds: 2,
    },
  },
  database_overloaded: {
    response: {
      status: 503,
      title: 'The database has too much to do',
      detail: 'The queue for database connections is full. Try again.',
      retryAfterSeconds: 1,
    },
  },
  write_queue_full: {
    response: {
      status: 503,
      title: 'Too many requests are waiting to be stored',
      detail: 'Nothing was stored. Try again.',
      retryAfterSeconds: 1,
    },
  },
  too_many_large_responses: {
    response: {
      status: 429,
      title: 'Too many large responses in progress',
      detail: 'Read the responses in progress, or close their connections. Then try again.',
      retryAfterSeconds: 5,
    },
    openAi: { code: 'rate_limit_exceeded' },
  },
  response_memory_full: {
    response: {
      status: 503,
      title: 'Too many large responses in progress',
      detail: 'Large responses to other callers use all of the memory for them. Try again.',
      retryAfterSeconds: 5,
    },
  },
  too_many_streams: {
    response: {
      status: 429,
      title: 'Too many event streams are open',
      detail: 'Close an open event stream, or wait until one ends. Nothing was stored.',
      retryAfterSeconds: 5,
    },
    openAi: { code: 'rate_limit_exceeded' },
  },
  stream_capacity_reached: {
    response: {
      status: 503,
      title: 'Too many event streams are open',
      detail: 'This server has as many event streams open as it can. Nothing was stored. Try again.',
      retryAfterSeconds: 5,
    },
  },
  connection_capacity_reached: {
    response: {
      status: 503,
      title: 'Too many connections are open',
      detail: 'This server has as many connections open as it can. Try again.',
      retryAfterSeconds: 5,
    },
  },
  llm_overloaded: {
    response: {
      status: 503,
      title: 'The LLM has too much to do',
      detail: 'As many messages as may wait for it are waiting. Nothing was stored. Try again.',
      retryAfterSeconds: 2,
    },
  },
  owner_limit: {
    response: {
      status: 429,
      title: 'Too many requests of this key at once',
      detail: 'The share of this key in the queue is full. Nothing was stored. Try again.',
      retryAfterSeconds: 2,
    },
  },
  run_lost: {
    response: {
      status: 409,
      title: 'The run ended elsewhere',
      detail: 'The conversation was deleted, or another server took the run over.',
    },
  },
  // Errors of the request itself, according to the LLM server: sending it again unchanged will not help.
  content_policy_violation: { run: { status: 422 }, openAi: { ...isFinal, code: 'content_filter' } },
  context_length_exceeded: {
    run: { status: 422 },
    openAi: { status: 400, responseCode: 'context_length_exceeded' },
  },
  invalid_request: { run: { status: 422 }, openAi: isFinal },
  request_rejected: { run: { status: 422 }, openAi: isFinal },
  policy_violation: { run: { status: 422 }, openAi: isFinal },
  answer_too_large: { openAi: isFinal },
  model_not_found: { openAi: { status: 404, responseCode: 'model_not_found' } },
  idempotency_key_reused: { openAi: { status: 400 } },
  cancelled: { run: { status: 409, code: 'run_cancelled', detail: 'The run was cancelled.' } },
  missing_api_key: { openAi: { code: 'invalid_api_key' } },
  conversation_busy: { openAi: { code: 'conversation_locked' } },
  rate_limited: { openAi: { code: 'rate_limit_exceeded', responseCode: 'rate_limit_exceeded' } },
};

/** The HTTP responses for errors of modules that are independent of HTTP, by code. */
export const errorResponses: ErrorResponses = Object.fromEntries(
  Object.entries(errorTable).flatMap(([code, { response }]) =>
    response === undefined ? [] : [[code, response]],
  ),
);

/** The HTTP response for the `error.code` of a run; undefined for 502, or 503 if the error is retryable. */
export function runErrorResponse(code: string): ErrorMeaning['run'] {
  return Object.hasOwn(errorTable, code) ? errorTable[code]!.run : undefined;
}

/** The codes whose errors differ under `/v1`. */
export const openAiMeanings: ReadonlyMap<string, OpenAiMeaning> = new Map(
  Object.entries(errorTable).flatMap(([code, { openAi }]) =>
    openAi === undefined ? [] : [[code, openAi] as const],
  ),
);
