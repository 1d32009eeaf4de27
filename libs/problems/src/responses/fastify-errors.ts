import { Problem, type ProblemOptions } from './problem.js';

type Answer = Omit<ProblemOptions, 'cause'>;

/** Fastify's and Node's own refusals of a request, by their error code. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: {
    status: 400,
    code: 'invalid_json',
    title: 'The body is not valid JSON',
    detail: 'The body is not valid JSON.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    code: 'empty_body',
    title: 'The body is empty',
    detail: 'Content-Type says application/json, but the body is empty.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'payload_too_large',
    detail: 'The body is larger than this server takes.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as JSON, with Content-Type: application/json.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'invalid_url', detail: 'The path is not a valid URL path.' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'url_too_long', detail: 'A part of the path is too long.' },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not arrive in time.',
    retryable: true,
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The URL and the headers together are too large.',
  },
  // The client left while it was sending; nobody reads this answer.
  ECONNRESET: { status: 400, code: 'request_aborted', detail: 'The request ended too early.' },
};

/** The problem for an error that Fastify or Node raised about a request, or undefined when it is not one of those. */
export function fromFastifyError(error: unknown): Problem | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(ANSWERS, code)) return undefined;
  // A broken connection to the database or an LLM is an ECONNRESET too, but has no HTTP status.
  if (code === 'ECONNRESET' && statusCode !== 400) return undefined;
  return new Problem({ ...(ANSWERS[code] as Answer), cause: error });
}

/** 400: a body that is read as a stream is no JSON. */
export function invalidJson(cause: unknown): Problem {
  return new Problem({ ...(ANSWERS.FST_ERR_CTP_INVALID_JSON_BODY as Answer), cause });
}

/** 400: a body that is read as a stream has no bytes. */
export function emptyBody(): Problem {
  return new Problem(ANSWERS.FST_ERR_CTP_EMPTY_JSON_BODY as Answer);
}

/** 400: the client left before its request was done. */
export function requestAborted(cause?: unknown): Problem {
  return new Problem({ ...(ANSWERS.ECONNRESET as Answer), cause });
}

/** The problem for bytes that are not HTTP at all. */
export function malformedRequest(cause: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'malformed_request',
    detail: 'This is not a valid HTTP request.',
    cause,
  });
}
