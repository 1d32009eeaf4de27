import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { Problem } from './responses/problem.js';

/**
 * The client closed the connection before the response ended. This problem is not sent; it is the abort reason of
 * {@link ClientSignal}.
 */
export function clientGone(): Problem {
  return new Problem({ status: 499, code: 'client_gone', title: 'Client closed request' });
}

/**
 * Parameter decorator `@ClientSignal() signal: AbortSignal`: aborted with {@link clientGone} when the client's connection
 * closes before the response has ended.
 */
export const ClientSignal = createParamDecorator((_data: unknown, context: ExecutionContext): AbortSignal => {
  const { raw } = context.switchToHttp().getResponse<FastifyReply>();
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(clientGone());
  });
  return controller.signal;
});
