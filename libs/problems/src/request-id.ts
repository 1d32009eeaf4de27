import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

const SANE = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * The id of a request: the client's own `x-request-id` if it is at most 128 of `A-Z a-z 0-9 . _ -`, else a new random UUID.
 * Meant as Fastify's `genReqId`.
 */
export function requestIdOf(request: { headers: IncomingHttpHeaders }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
