import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { fromFastifyError, malformedRequest } from './responses/fastify-errors.js';
import { type ErrorFormat, renderProblem } from './responses/error-format.js';
import { sendProblemOnSocket } from './responses/send-problem-on-socket.js';
import { requestIdOf } from './request-id.js';
import { sendResponse } from './responses/send-response.js';
import { toProblem } from './responses/to-problem.js';

/** Upper bound of a path parameter, in characters. Longer than any valid one, so that routes validate theirs. */
const MAX_PARAMETER_LENGTH = 1024;

/**
 * Options for `new FastifyAdapter({...})` that send problems for errors that no exception filter receives: malformed URLs,
 * path parameters and headers that are too long, bytes that are not HTTP. Also sets `genReqId`. `bodyLimit` is left to the
 * application.
 * @param formats error formats by path prefix
 */
export function fastifyProblemOptions(formats: readonly ErrorFormat[] = []) {
  return {
    genReqId: (request: { headers: IncomingHttpHeaders }) => requestIdOf(request),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      const { status, headers, body } = renderProblem(problem, request.raw.url ?? '/', request.id, formats);
      sendResponse(reply, status, headers, body);
    },
    clientErrorHandler: onClientError,
  };
}

/** Handles an error of Node's HTTP parser, where only the socket is available. */
function onClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  sendProblemOnSocket(socket, fromFastifyError(error) ?? malformedRequest(error));
}
