import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ErrorFormat, renderProblem } from './error-format.js';
import { type Problem } from './problem.js';
import { sendResponse } from './send-response.js';

/**
 * Sends a problem from a hook: for routes of Fastify plugins, to which exception filters do not apply.
 * @param formats error formats by path prefix, such as that of `/v1`
 */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  formats: readonly ErrorFormat[] = [],
): void {
  const { status, headers, body } = renderProblem(
    problem,
    request.originalUrl,
    request.id,
    formats,
    request.url,
  );
  sendResponse(reply, status, headers, body);
}
