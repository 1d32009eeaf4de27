import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ErrorFormat, renderProblem } from './error-format.js';
import { type Problem } from './problem.js';
import { sendResponse } from './send-response.js';

/**
 * Responds with a problem from a hook, for routes of Fastify plugins, which have no exception filter.
 *
 * @param formats error formats of parts of the server, such as `/v1`
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  formats: readonly ErrorFormat[] = [],
): void {
  const { headers, body } = renderProblem(problem, request.originalUrl, request.id, formats);
  sendResponse(reply, problem.status, headers, body);
}
