import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

const VALID_ID = /^[A-Za-z0-9._-]{1,128}$/;

/**
 * Returns the id of a request: the client's `x-request-id` if it has 1 to 128 characters of `A-Z a-z 0-9 . _ -`, else a
 * random UUID.
 */
export function requestIdOf(request: { headers: IncomingHttpHeaders }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && VALID_ID.test(given) ? given : randomUUID();
}
