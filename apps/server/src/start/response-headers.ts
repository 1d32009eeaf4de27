import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Browsers use only TLS for this host for a year. */
const transportSecurity = 'max-age=31536000';

/** The content security policy of /docs. Its template and its script use inline styles. */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Sets the headers of every response, including streams, errors and responses of plugins. The files of the page replace
 * `Cache-Control`. They are set on Node's response, so that code which writes to it directly has them as well.
 */
export function setResponseHeaders(request: FastifyRequest, { raw }: FastifyReply, route: string): void {
  raw.setHeader('cache-control', 'no-store');
  raw.setHeader('x-content-type-options', 'nosniff');
  // Behind a proxy, the protocol is that of the client only if TRUST_PROXY contains the proxy.
  if (request.protocol === 'https') raw.setHeader('strict-transport-security', transportSecurity);
  if (isDocs(route)) {
    raw.setHeader('content-security-policy', docsPolicy);
    raw.setHeader('referrer-policy', 'no-referrer');
  }
}

/** Whether a request is for a file under /docs that is not served: a source map, or a file outside the folder. */
export function isHiddenDocsFile(request: FastifyRequest, route: string): boolean {
  if (!isDocs(route)) return false;
  const { '*': file } = request.params as { '*'?: string };
  return /\.map$|(^|[\\/])\.\.([\\/]|$)/i.test(file ?? '');
}

/** @param route the pattern of the route */
function isDocs(route: string): boolean {
  return /^\/docs(?:\/|-|$)/.test(route);
}
