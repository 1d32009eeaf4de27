import { type IncomingHttpHeaders } from 'node:http';

/**
 * The API key in the headers of a request: `Authorization: Bearer KEY`, or else `X-API-Key: KEY`; undefined without both.
 * An `Authorization` header with another scheme, which a proxy may have added, does not hide `X-API-Key`.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const key = headers['x-api-key'];
  return typeof key === 'string' && key.trim() !== '' ? key.trim() : undefined;
}
