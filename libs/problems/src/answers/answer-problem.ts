import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ErrorFormat, writeProblem } from './error-format.js';
import { type Problem } from './problem.js';
import { send } from './send-problem.js';

/**
 * Responds with a problem from a hook, for routes of Fastify plugins, which have no exception filter.
 *
 * @param formats error formats of parts of the server, such as `/v1`
 */
export function answerProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  formats: readonly ErrorFormat[] = [],
): void {
  const { headers, body } = writeProblem(problem, request.originalUrl, request.id, formats);
  send(reply, problem.status, headers, body);
}
