import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ErrorFormat, writeProblem } from './error-format.js';
import { type Problem } from './problem.js';
import { send } from './send-problem.js';

/**
 * Answers a request with a problem from a hook, where no exception filter may be: on routes of Fastify plugins.
 *
 * @param formats of parts of the server with a convention of their own
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
