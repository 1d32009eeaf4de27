import { Problem } from '#problems';
import { type IncomingHttpHeaders } from 'node:http';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** What {@link isCrossSite} compares with. */
export interface CrossSiteOptions {
  /** Origins whose pages may call; `*`: all. */
  allowedOrigins: readonly string[];
  /**
   * Whether `Origin` decides if a browser sends no `Sec-Fetch-Site` (browsers send it only to `https:` and loopback
   * addresses). Needed without keys, because then any page's request is authorized.
   */
  comparesOrigins: boolean;
}

/**
 * Whether a page of another origin, which is not allowed to, makes a request that may change something. Requests of
 * programs have neither `Sec-Fetch-Site` nor `Origin`.
 *
 * @param hosts the names of the server in this request: `Host`, and the host that a trusted proxy was asked for
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

/** The problem for a request of a page that may not make it. */
export function crossSiteRequest(): Problem {
  return new Problem({
    status: 403,
    code: 'cross_site_request',
    title: 'A page of another origin may not do this',
    detail: 'If the page may call this server, add its origin to CORS_ORIGINS.',
  });
}

/** Host and port, without the default port of either scheme: a proxy may have terminated TLS. */
function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host.replace(/:(80|443)$/, '');
}
