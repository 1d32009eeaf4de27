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

/** The global exception filter: converts every error of a route to a problem response (RFC 9457). */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger(ProblemFilter.name);

  readonly #responses: ErrorResponses;
  readonly #formats: readonly ErrorFormat[];
  readonly #mapError: MapError;

  constructor(
    @Optional() @Inject(ERROR_RESPONSES) responses: ErrorResponses = {},
    @Optional() @Inject(ERROR_FORMATS) formats: readonly ErrorFormat[] = [],
    @Optional() @Inject(MAP_ERROR) mapError: MapError = (error) => error,
  ) {
    this.#responses = responses;
    this.#formats = formats;
    this.#mapError = mapError;
  }

  /** Sends the problem for a thrown value. Never throws. */
  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = this.#mapError(thrown);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest | IncomingMessage>();
    const response = http.getResponse<Response>();
    const { id, method, url, routedUrl, unknownRoute } = requestFacts(request);

    const custom = customBody(error);
    if (custom !== undefined) {
      const headers = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': id };
      sendResponse(response, (error as HttpException).getStatus(), headers, JSON.stringify(custom));
      return;
    }
    const problem =
      unknownRoute && error instanceof HttpException && error.getStatus() === 404
        ? routeNotFound(method, url)
        : toProblem(error, this.#responses);
    if (problem.status === 500) this.#log(problem.cause ?? problem, `${method} ${pathOf(url)} (${id})`);
    const { status, headers, body } = renderProblem(problem, url, id, this.#formats, routedUrl);
    sendResponse(response, status, headers, body);
  }

  /** Logs a new error with only message and stack, as errors of drivers also contain the query and its values. */
  #log(cause: unknown, request: string): void {
    const original = isError(cause) ? cause : new Error(`Thrown: ${typeof cause}`);
    const entry = new Error(`${request} failed: ${original.message}`);
    entry.name = original.name;
    entry.stack = stackOf(original);
    this.#logger.error(entry);
  }
}

/** Reads Fastify's request, or Node's request, which middleware receives. */
function requestFacts(request: FastifyRequest | IncomingMessage) {
  const raw = 'raw' in request ? request.raw : (request as IncomingMessage & { id?: unknown });
  const id = 'raw' in request ? request.id : (request as { id?: unknown }).id;
  return {
    id: typeof id === 'string' ? id : requestIdOf(raw),
    method: raw.method ?? 'GET',
    url: ('raw' in request ? request.originalUrl : raw.url) ?? '/',
    routedUrl: raw.url ?? '/',
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

/** Fastify's errors are not native errors, and native errors of another realm are not instances of `Error`. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || isNativeError(thrown);
}
