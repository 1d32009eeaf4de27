import { Problem, type ProblemOptions } from './problem.js';

type RequestErrorResponse = Omit<ProblemOptions, 'cause'>;

/** Responses for errors that Fastify and Node raise about a request, by their error code. */
const RESPONSES: Readonly<Record<string, RequestErrorResponse>> = {
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
    detail: 'The body is larger than this server accepts.',
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
  // The client disconnected while it was sending, so this response is not delivered.
  ECONNRESET: {
    status: 400,
    code: 'request_aborted',
    detail: 'The client disconnected before its request was complete.',
  },
};

/** The problem for an error that Fastify or Node raised about a request; undefined for other errors. */
export function fromFastifyError(error: unknown): Problem | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !Object.hasOwn(RESPONSES, code)) return undefined;
  // A broken connection to the database or an LLM server has the same code, but no status.
  if (code === 'ECONNRESET' && statusCode !== 400) return undefined;
  return new Problem({ ...(RESPONSES[code] as RequestErrorResponse), cause: error });
}

/** 400: a streamed body is not valid JSON. */
export function invalidJson(cause: unknown): Problem {
  return new Problem({ ...(RESPONSES.FST_ERR_CTP_INVALID_JSON_BODY as RequestErrorResponse), cause });
}

/** 400: a streamed body is empty. */
export function emptyBody(): Problem {
  return new Problem(RESPONSES.FST_ERR_CTP_EMPTY_JSON_BODY as RequestErrorResponse);
}

/** 400: the client disconnected before its request was complete. */
export function requestAborted(cause?: unknown): Problem {
  return new Problem({ ...(RESPONSES.ECONNRESET as RequestErrorResponse), cause });
}

/** 400: the received bytes are not an HTTP request. */
export function malformedRequest(cause: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'malformed_request',
    detail: 'This is not a valid HTTP request.',
    cause,
  });
}
