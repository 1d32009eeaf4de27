import { identityOf } from '#auth';
import { runAs } from '#database';
import { type FastifyAdapter } from '@nestjs/platform-fastify';

/**
 * Runs each request on behalf of its owner, so that database connections are shared fairly between owners. Public routes
 * have no owner. A hook and not an interceptor: with any interceptor, Nest sends every request through RxJS, which costs
 * 4 % of the CPU of a turn.
 */
export function addOwnerContext(adapter: FastifyAdapter): void {
  adapter.getInstance().addHook('preHandler', (request, _reply, done) => {
    runAs(identityOf(request)?.owner, done);
  });
}
