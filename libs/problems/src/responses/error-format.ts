import { type Problem } from './problem.js';
import { problemBody, problemHeaders } from './problem-body.js';

/** An error format other than RFC 9457, for part of the server's paths. */
export interface ErrorFormat {
  /** Errors of paths that start with this prefix have this format. */
  prefix: string;
  /** The HTTP status, if the format uses another one for some problems. */
  status?(problem: Problem): number;
  /** Further response headers. */
  headers?(problem: Problem): Record<string, string>;
  /** Returns the response body, which is sent as `application/json`. */
  body(problem: Problem): object;
}

/** Injection token of the application's {@link ErrorFormat}s. */
export const ERROR_FORMATS = Symbol('ERROR_FORMATS');

/**
 * Returns status, headers and body of an error response: RFC 9457, or the format of the path.
 * @param url as the client sent it
 * @param routedUrl below the base path of the server, which decides about the format
 */
export function renderProblem(
  problem: Problem,
  url: string,
  requestId: string,
  formats: readonly ErrorFormat[],
  routedUrl = url,
): { status: number; headers: Record<string, string>; body: string } {
  const headers = problemHeaders(problem, requestId);
  const format = formats.find(({ prefix }) => routedUrl.startsWith(prefix));
  const { status } = problem;
  if (format === undefined) {
    return { status, headers, body: JSON.stringify(problemBody(problem, url, requestId)) };
  }
  return {
    status: format.status?.(problem) ?? status,
    headers: { ...headers, ...format.headers?.(problem), 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(format.body(problem)),
  };
}
