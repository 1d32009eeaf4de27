import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type Socket } from 'node:net';
import { fromFastifyError, malformedRequest } from './responses/fastify-errors.js';
import { type ErrorFormat, renderProblem } from './responses/error-format.js';
import { sendProblemOnSocket } from './responses/send-problem-on-socket.js';
import { requestIdOf } from './request-id.js';
import { sendResponse } from './responses/send-response.js';
import { toProblem } from './responses/to-problem.js';

/** Longest part of a path that reaches a route, in characters. Long enough for a route to say itself what is wrong. */
const MAX_PARAMETER_LENGTH = 1024;

/**
 * Options for `new FastifyAdapter({...})` that make the refusals which no filter sees problems too: malformed URLs, too
 * long path parts and headers, bytes that are not HTTP. Also gives each request its id (`genReqId`). `bodyLimit` is the
 * application's; so are the `formats` of parts with a convention of their own.
 */
export function fastifyProblemOptions(formats: readonly ErrorFormat[] = []) {
  return {
    genReqId: (request: { headers: IncomingHttpHeaders }) => requestIdOf(request),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      const { headers, body } = renderProblem(problem, request.raw.url ?? '/', request.id, formats);
      sendResponse(reply, problem.status, headers, body);
    },
    clientErrorHandler: refuseConnection,
  };
}

/** Node's HTTP parser gave up: there is no request to speak of, only a socket. */
function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  sendProblemOnSocket(socket, fromFastifyError(error) ?? malformedRequest(error));
}
