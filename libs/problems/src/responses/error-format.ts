import { type Problem } from './problem.js';
import { problemBody, problemHeaders } from './problem-body.js';

/** How errors look on a part of the server that has another convention than RFC 9457. */
export interface ErrorFormat {
  /** Paths that begin with it are answered so. */
  prefix: string;
  /** The body, sent as `application/json`. */
  body(problem: Problem): object;
}

/** Injection token of the application's {@link ErrorFormat}s. */
export const ERROR_FORMATS = Symbol('ERROR_FORMATS');

/** A problem as it is sent: as RFC 9457 has it, unless the path has a format of its own. */
export function renderProblem(
  problem: Problem,
  url: string,
  requestId: string,
  formats: readonly ErrorFormat[],
): { headers: Record<string, string>; body: string } {
  const headers = problemHeaders(problem, requestId);
  const format = formats.find(({ prefix }) => url.startsWith(prefix));
  if (format === undefined) return { headers, body: JSON.stringify(problemBody(problem, url, requestId)) };
  return {
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(format.body(problem)),
  };
}
