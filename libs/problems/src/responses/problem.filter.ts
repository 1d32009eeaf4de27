import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
  Injectable,
  Logger,
  Optional,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { isNativeError } from 'node:util/types';
import { ERROR_RESPONSES, type ErrorResponses, MAP_ERROR, type MapError } from './error-responses.js';
import { ERROR_FORMATS, type ErrorFormat, renderProblem } from './error-format.js';
import { requestIdOf } from '../request-id.js';
import { type Response, sendResponse } from './send-response.js';
import { customBody, routeNotFound, toProblem } from './to-problem.js';

/** The global exception filter: every error of every route leaves through it as a problem (RFC 9457). */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  readonly #answers: ErrorResponses;
  readonly #formats: readonly ErrorFormat[];
  readonly #rename: MapError;

  constructor(
    @Optional() @Inject(ERROR_RESPONSES) answers: ErrorResponses = {},
    @Optional() @Inject(ERROR_FORMATS) formats: readonly ErrorFormat[] = [],
    @Optional() @Inject(MAP_ERROR) rename: MapError = (error) => error,
  ) {
    this.#answers = answers;
    this.#formats = formats;
    this.#rename = rename;
  }

  /** Answers the request of `host` with the problem for what was thrown. Throws nothing. */
  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = this.#rename(thrown);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest | IncomingMessage>();
    const response = http.getResponse<Response>();
    const { id, method, url, unknownRoute } = facts(request);

    const own = customBody(error);
    if (own !== undefined) {
      const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': id };
      sendResponse(response, (error as HttpException).getStatus(), headers, JSON.stringify(own));
      return;
    }
    const problem =
      unknownRoute && error instanceof HttpException && error.getStatus() === 404
        ? routeNotFound(method, url)
        : toProblem(error, this.#answers);
    if (problem.status === 500) this.#log(problem.cause ?? problem, `${method} ${pathOf(url)} (${id})`);
    const { headers, body } = renderProblem(problem, url, id, this.#formats);
    sendResponse(response, problem.status, headers, body);
  }

  /** A fresh error holds message and stack alone: those of drivers carry the query and its values besides. */
  #log(cause: unknown, request: string): void {
    const original = isError(cause) ? cause : new Error(`Thrown: ${typeof cause}`);
    const entry = new Error(`${request} failed: ${original.message}`);
    entry.name = original.name;
    entry.stack = stackOf(original);
    this.#logger.error(entry);
  }
}

/** A middleware is given Node's own request, everything else Fastify's. */
function facts(request: FastifyRequest | IncomingMessage) {
  const raw = 'raw' in request ? request.raw : (request as IncomingMessage & { id?: unknown });
  const id = 'raw' in request ? request.id : (request as { id?: unknown }).id;
  return {
    id: typeof id === 'string' ? id : requestIdOf(raw),
    method: raw.method ?? 'GET',
    url: ('raw' in request ? request.originalUrl : raw.url) ?? '/',
    unknownRoute: 'is404' in request && request.is404,
  };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function stackOf(error: Error): string {
  const stacks: string[] = [];
  for (let at: unknown = error; isError(at) && stacks.length < 5; at = at.cause) {
    stacks.push(at.stack ?? `${at.name}: ${at.message}`);
  }
  return stacks.join('\ncaused by: ');
}

/** Fastify's errors are no native ones, and native ones of another realm are no instances. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}
