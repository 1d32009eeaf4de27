import { type ErrorResponses } from '#problems';

/** The HTTP responses for errors of modules that are independent of HTTP. */
export const errorResponses: ErrorResponses = {
  database_unavailable: {
    status: 503,
    title: 'The database is not available',
    detail: 'What was acknowledged before is safe. Try again.',
    retryAfterSeconds: 2,
  },
  database_overloaded: {
    status: 503,
    title: 'The database has too much to do',
    detail: 'The queue for database connections is full. Try again.',
    retryAfterSeconds: 1,
  },
  write_queue_full: {
    status: 503,
    title: 'Too many requests are waiting to be stored',
    detail: 'Nothing was stored. Try again.',
    retryAfterSeconds: 1,
  },
  too_many_large_responses: {
    status: 429,
    title: 'Too many large responses in progress',
    detail: 'Read the responses in progress, or close their connections. Then try again.',
    retryAfterSeconds: 5,
  },
  response_memory_full: {
    status: 503,
    title: 'Too many large responses in progress',
    detail: 'Large responses to other callers use all of the memory for them. Try again.',
    retryAfterSeconds: 5,
  },
  too_many_streams: {
    status: 429,
    title: 'Too many event streams are open',
    detail: 'Close an open event stream, or wait until one ends. Nothing was stored.',
    retryAfterSeconds: 5,
  },
  stream_capacity_reached: {
    status: 503,
    title: 'Too many event streams are open',
    detail: 'This server has as many event streams open as it can. Nothing was stored. Try again.',
    retryAfterSeconds: 5,
  },
  connection_capacity_reached: {
    status: 503,
    title: 'Too many connections are open',
    detail: 'This server has as many connections open as it can. Try again.',
    retryAfterSeconds: 5,
  },
  llm_overloaded: {
    status: 503,
    title: 'The LLM has too much to do',
    detail: 'As many messages as may wait for it are waiting. Nothing was stored. Try again.',
    retryAfterSeconds: 2,
  },
  owner_limit: {
    status: 429,
    title: 'Too many requests of this key at once',
    detail: 'The share of this key in the queue is full. Nothing was stored. Try again.',
    retryAfterSeconds: 2,
  },
  run_lost: {
    status: 409,
    title: 'The run ended elsewhere',
    detail: 'The conversation was deleted, or another server took the run over.',
  },
};
