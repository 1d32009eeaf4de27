import { type FieldError, type Problem } from './problem.js';

/** The media type of every error body. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/**
 * The body of an error response. `type` is `/problems/<code>`: a stable reference to compare, not a page to fetch.
 */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance: string;
  code: string;
  request_id: string;
  retryable: boolean;
  errors?: readonly FieldError[];
  [field: string]: unknown;
}

/**
 * Returns the body for a problem.
 * @param url the request target; its query is omitted from the body, as it may contain keys
 */
export function problemBody(problem: Problem, url: string, requestId: string): ProblemBody {
  const standard = {
    type: `/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    ...(problem.detail !== undefined && { detail: problem.detail }),
    instance: instance(url),
    code: problem.code,
    request_id: requestId,
    retryable: problem.retryable,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
  };
  // Spread twice: standard members come first, and further fields cannot replace them.
  return { ...standard, ...problem.fields, ...standard };
}

/** Returns the headers of an error response, including those of its body. */
export function problemHeaders(problem: Problem, requestId: string): Record<string, string> {
  return {
    ...problem.headers,
    'content-type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...(problem.retryAfterSeconds !== undefined && {
      'retry-after': String(Math.max(0, Math.ceil(problem.retryAfterSeconds))),
    }),
  };
}

/** The path of the URL, at most 1,024 characters, with invalid percent-encodings escaped. */
function instance(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return path.slice(0, 1024).replace(/%(?![0-9a-f]{2})/gi, '%25');
}
