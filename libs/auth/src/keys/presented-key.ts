import { type IncomingHttpHeaders } from 'node:http';

/**
 * The API key that a request presents: `Authorization: Bearer KEY`, or else `X-API-Key: KEY`; undefined when it has
 * neither. Another scheme of `Authorization`, which a proxy may have put there, does not hide an `X-API-Key`.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const key = headers['x-api-key'];
  return typeof key === 'string' && key.trim() !== '' ? key.trim() : undefined;
}
