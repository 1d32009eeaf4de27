import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { type ErrorResponses, fromCodedError, isCodedError } from './error-responses.js';
import { fromFastifyError } from './fastify-errors.js';
import { Problem } from './problem.js';
import { unavailable } from './problem-factories.js';

/**
 * Converts any thrown value to its problem. Never throws. Unknown errors become 500 `internal_error`, which reveals nothing
 * about its cause.
 */
export function toProblem(error: unknown, responses: ErrorResponses = {}): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    return fromFastifyError(error.cause) ?? fromExhaustion(error.cause) ?? fromHttpException(error);
  }
  const known =
    fromFastifyError(error) ?? (isCodedError(error) ? fromCodedError(error, responses) : undefined);
  return known ?? fromExhaustion(error) ?? fromHttpError(error) ?? internalError(error);
}

/** 404: no route for this method and path. */
export function routeNotFound(method: string, url: string): Problem {
  return new Problem({
    status: 404,
    code: 'route_not_found',
    detail: `There is no ${method} ${(url.split('?', 1)[0] ?? '').slice(0, 200)}.`,
  });
}

/** The custom body of an HttpException, such as Terminus' report; undefined for Nest's default bodies. */
export function customBody(error: unknown): object | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const body = error.getResponse();
  return typeof body === 'object' && !('statusCode' in body) ? body : undefined;
}

function fromHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  if (status < 400 || status === 500) return internalError(error);
  return new Problem({
    status,
    code: codeOfStatus(status),
    // The message of a server error may contain internals.
    detail: status < 500 ? error.message : undefined,
    retryable: status === 429 || status >= 502,
    cause: error,
  });
}

/** For errors of Fastify plugins and middleware: only their status is trusted. */
function fromHttpError(error: unknown): Problem | undefined {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (typeof status !== 'number' || STATUS_CODES[status] === undefined || status < 400 || status >= 500) {
    return undefined;
  }
  return new Problem({ status, code: codeOfStatus(status), cause: error });
}

/** System error codes for the limit of open files, of the process and of the system. */
const exhaustionCodes: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);
/** Upper bound of the chain of causes that is examined. */
const maxCauses = 5;

/** 503 if no file descriptor was available, which is temporary. */
function fromExhaustion(error: unknown): Problem | undefined {
  let at = error as { code?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < maxCauses && typeof at === 'object' && at !== null; depth += 1) {
    if (exhaustionCodes.has(at.code)) {
      return unavailable(
        'too_many_open_files',
        'This server has reached its limit of open files. Try again.',
        {
          cause: error,
        },
      );
    }
    at = at.cause as typeof at;
  }
  return undefined;
}

function internalError(cause: unknown): Problem {
  return new Problem({
    status: 500,
    code: 'internal_error',
    detail: 'Something went wrong. The server logged the error with this request id.',
    cause,
  });
}

function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'error')
    .toLowerCase()
    .replace(/[^a-z]+/g, '_')
    .replace(/^_|_$/g, '');
}
