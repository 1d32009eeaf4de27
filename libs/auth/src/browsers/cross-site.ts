import { Problem } from '#problems';
import { type IncomingHttpHeaders } from 'node:http';

/** Safe methods (RFC 9110, section 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** Options of {@link isCrossSite}. */
export interface CrossSiteOptions {
  /** Origins whose pages may call the server; `*`: all. */
  allowedOrigins: readonly string[];
  /**
   * Whether to check `Origin` if there is no `Sec-Fetch-Site`, which browsers send only to `https:` and loopback
   * addresses. Required without keys, because then the request of any page is authorized.
   */
  comparesOrigins: boolean;
}

/**
 * Whether a request with an unsafe method comes from a page of an origin that is not allowed. Requests of programs other
 * than browsers have neither `Sec-Fetch-Site` nor `Origin` and are never cross-site.
 * @param hosts the names of the server in this request: `Host`, and the forwarded host of a trusted proxy
 */
export function isCrossSite(
  method: string,
  headers: IncomingHttpHeaders,
  hosts: readonly (string | undefined)[],
  { allowedOrigins, comparesOrigins }: CrossSiteOptions,
): boolean {
  if (safeMethods.has(method)) return false;
  const { origin } = headers;
  if (allowedOrigins.includes('*') || (origin !== undefined && allowedOrigins.includes(origin))) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (!comparesOrigins || origin === undefined) return false;
  const named = hostOf(origin);
  return !hosts.some(
    (host) => named !== undefined && host !== undefined && hostOf(`http://${host}`) === named,
  );
}

/** The problem for a cross-site request. */
export function crossSiteRequest(): Problem {
  return new Problem({
    status: 403,
    code: 'cross_site_request',
    title: 'A page of another origin may not do this',
    detail: 'If the page may call this server, add its origin to CORS_ORIGINS.',
  });
}

/** Host and port, without the default ports of both schemes, as a proxy may have terminated TLS. */
function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host.replace(/:(80|443)$/, '');
}
