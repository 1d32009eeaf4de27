import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Browsers call the host by TLS alone for a year. */
const transportSecurity = 'max-age=31536000';

/** What the description of the API may do at /docs. Its template and its program have styles in the markup. */
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
 * Sets the headers that every response has, also streams, errors and those of plugins. The files of the page replace
 * `Cache-Control`. On Node's response, so that what writes there has them as well.
 */
export function setResponseHeaders(request: FastifyRequest, { raw }: FastifyReply, route: string): void {
  raw.setHeader('cache-control', 'no-store');
  raw.setHeader('x-content-type-options', 'nosniff');
  // The proxy that TRUST_PROXY names says so; nobody else is believed.
  if (request.protocol === 'https') raw.setHeader('strict-transport-security', transportSecurity);
  if (isDocs(route)) {
    raw.setHeader('content-security-policy', docsPolicy);
    raw.setHeader('referrer-policy', 'no-referrer');
  }
}

/** Whether a request is for a file at /docs that is not served: a source map, or one outside of the folder. */
export function isHiddenDocsFile(request: FastifyRequest, route: string): boolean {
  if (!isDocs(route)) return false;
  const { '*': file } = request.params as { '*'?: string };
  return /\.map$|(^|[\\/])\.\.([\\/]|$)/i.test(file ?? '');
}

/** @param route the pattern of the route */
function isDocs(route: string): boolean {
  return /^\/docs(?:\/|-|$)/.test(route);
}
