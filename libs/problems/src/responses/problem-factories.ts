import { type FieldError, Problem, type ProblemOptions } from './problem.js';

/** Options that a factory passes on to its problem. */
export type ProblemDetails = Omit<ProblemOptions, 'status' | 'code' | 'detail'>;

/** 400: fields of a request are invalid. `errors` has one entry per field; `detail` summarizes them. */
export function validationFailed(errors: readonly FieldError[], more: ProblemDetails = {}): Problem {
  return new Problem({
    title: 'The request is not valid',
    ...more,
    status: 400,
    code: 'validation_failed',
    detail: summary(errors),
    errors,
  });
}

/**
 * 401: the caller is not authenticated.
 * @param challenge the `WWW-Authenticate` header, which RFC 9110 requires
 */
export function unauthorized(
  code: string,
  detail: string,
  challenge = 'Bearer',
  more: ProblemDetails = {},
): Problem {
  return new Problem({
    ...more,
    status: 401,
    code,
    detail,
    headers: { ...more.headers, 'WWW-Authenticate': challenge },
  });
}

/**
 * 404: a resource does not exist, or the caller may not see it.
 * @param what the type of the resource, such as `conversation`; part of the code and the detail
 */
export function notFound(what: string, id?: string, more: ProblemDetails = {}): Problem {
  return new Problem({
    ...more,
    status: 404,
    code: `${what.replaceAll(' ', '_')}_not_found`,
    detail: id === undefined ? `There is no such ${what}.` : `There is no ${what} ${id}.`,
  });
}

/** 409: the request conflicts with the state of its resource. */
export function conflict(code: string, detail: string, more: ProblemDetails = {}): Problem {
  return new Problem({ ...more, status: 409, code, detail });
}

/** 413: the body, or the fields in `errors`, exceed a size limit. */
export function payloadTooLarge(detail?: string, more: ProblemDetails = {}): Problem {
  return new Problem({
    ...more,
    status: 413,
    code: 'payload_too_large',
    detail:
      detail ?? (more.errors?.length ? summary(more.errors) : 'The body is larger than this server accepts.'),
  });
}

/** 413: the body is larger than its route accepts. @param limit in bytes */
export function bodyTooLarge(limit: number): Problem {
  return payloadTooLarge(`The body must be at most ${limit} bytes long.`);
}

/** 429: the caller has reached its own limit. Retryable after `retryAfterSeconds` (default 1). */
export function tooManyRequests(code: string, detail: string, more: ProblemDetails = {}): Problem {
  return new Problem({ retryable: true, retryAfterSeconds: 1, ...more, status: 429, code, detail });
}

/** 503: temporarily unavailable. Retryable after `retryAfterSeconds` (default 1). */
export function unavailable(code: string, detail: string, more: ProblemDetails = {}): Problem {
  return new Problem({ retryable: true, retryAfterSeconds: 1, ...more, status: 503, code, detail });
}

function summary(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (first === undefined) return 'The request is not valid.';
  const others = errors.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more ${others === 1 ? 'field' : 'fields'})`;
  return `${first.field} ${first.detail}${more}.`;
}
