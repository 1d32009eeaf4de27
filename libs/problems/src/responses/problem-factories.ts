import { type FieldError, Problem, type ProblemOptions } from './problem.js';

/** What a caller may add to the problem that a factory makes. */
export type ProblemDetails = Omit<ProblemOptions, 'status' | 'code' | 'detail'>;

/** 400: fields of a request are wrong. `errors` has one row per field, the detail sums them up. */
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

/** 401: who is calling is not known. Tells the client which scheme to use, as RFC 9110 asks for. */
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

/** 404: there is no such thing, or none that the caller may see. `what` is its name, such as `conversation`. */
export function notFound(what: string, id?: string, more: ProblemDetails = {}): Problem {
  return new Problem({
    ...more,
    status: 404,
    code: `${what.replaceAll(' ', '_')}_not_found`,
    detail: id === undefined ? `There is no such ${what}.` : `There is no ${what} ${id}.`,
  });
}

/** 409: the request does not fit the present state of what it is about. */
export function conflict(code: string, detail: string, more: ProblemDetails = {}): Problem {
  return new Problem({ ...more, status: 409, code, detail });
}

/** 413: the body, or a field named in `errors`, is larger than this server takes. */
export function payloadTooLarge(detail?: string, more: ProblemDetails = {}): Problem {
  return new Problem({
    ...more,
    status: 413,
    code: 'payload_too_large',
    detail:
      detail ?? (more.errors?.length ? summary(more.errors) : 'The body is larger than this server takes.'),
  });
}

/** 429: the caller has reached a limit of its own. Retryable, after `retryAfterSeconds` (left out: 1). */
export function tooManyRequests(code: string, detail: string, more: ProblemDetails = {}): Problem {
  return new Problem({ retryable: true, retryAfterSeconds: 1, ...more, status: 429, code, detail });
}

/** 503: not now. Retryable, after `retryAfterSeconds` (left out: 1). */
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
