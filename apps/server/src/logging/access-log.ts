import { type FastifyInstance } from 'fastify';
import { type Logger } from './logger.js';

/** One line per request: at `debug`, or as a warning when the server is at fault. The query is left out: it may hold anything. */
export function logAccess(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const isOurFault = reply.statusCode >= 500;
    if (isOurFault || log.isEnabled('debug')) {
      log.event(isOurFault ? 'warn' : 'debug', 'request', {
        request_id: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      });
    }
    done();
  });
}
