import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { type ErrorResponses, fromCodedError, isCodedError } from './error-responses.js';
import { fromFastifyError } from './fastify-errors.js';
import { Problem } from './problem.js';
import { unavailable } from './problem-factories.js';

/**
 * The one mapping of errors to HTTP answers. Never throws; what it does not know becomes a 500 `internal_error` that
 * tells nothing of its cause.
 */
export function toProblem(error: unknown, answers: ErrorResponses = {}): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    return fromFastifyError(error.cause) ?? fromExhaustion(error.cause) ?? fromHttpException(error);
  }
  const known = fromFastifyError(error) ?? (isCodedError(error) ? fromCodedError(error, answers) : undefined);
  return known ?? fromExhaustion(error) ?? fromHttpError(error) ?? internalError(error);
}

/** 404 for a path, or a method on a path, that this server does not have. */
export function routeNotFound(method: string, url: string): Problem {
  return new Problem({
    status: 404,
    code: 'route_not_found',
    detail: `There is no ${method} ${(url.split('?', 1)[0] ?? '').slice(0, 200)}.`,
  });
}

/** The body that a controller made for its own HttpException, such as Terminus' report; undefined for Nest's usual ones. */
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
    // Nobody has looked whether the message of a server's fault may be shown.
    detail: status < 500 ? error.message : undefined,
    retryable: status === 429 || status >= 502,
    cause: error,
  });
}

/** Errors of Fastify plugins and Express-like middleware: only their status is trusted. */
function fromHttpError(error: unknown): Problem | undefined {
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (typeof status !== 'number' || STATUS_CODES[status] === undefined || status < 400 || status >= 500) {
    return undefined;
  }
  return new Problem({ status, code: codeOfStatus(status), cause: error });
}

/** System error codes for: the process, or the whole system, has reached its limit of open files and sockets. */
const exhaustionCodes: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);
/** Most causes of an error that are followed. */
const mostCauses = 5;

/** 503 if a file or a connection could not be opened for lack of descriptors, which is temporary. */
function fromExhaustion(error: unknown): Problem | undefined {
  let at = error as { code?: unknown; cause?: unknown } | null | undefined;
  for (let depth = 0; depth < mostCauses && typeof at === 'object' && at !== null; depth += 1) {
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
    detail: 'Something went wrong here. The log has it under the request id.',
    cause,
  });
}

function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'error')
    .toLowerCase()
    .replace(/[^a-z]+/g, '_')
    .replace(/^_|_$/g, '');
}
