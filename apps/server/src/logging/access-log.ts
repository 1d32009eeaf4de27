import { type FastifyInstance } from 'fastify';
import { type Logger } from './logger.js';

/** Logs each request: at `warn` for a status of 500 or above, else at `debug`. Without the query, which may be confidential. */
export function logAccess(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const isServerError = reply.statusCode >= 500;
    if (isServerError || log.isEnabled('debug')) {
      log.event(isServerError ? 'warn' : 'debug', 'request', {
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
