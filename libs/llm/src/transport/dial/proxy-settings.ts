import { BlockList, isIP } from 'node:net';

/** HTTP proxies for connections to LLM servers, as in the environment variables of the same names. */
export interface ProxySettings {
  /** For `wss:` and `ws:`. */
  httpsProxy?: string | undefined;
  /** For `ws:` without an `httpsProxy`: RFC 6455, section 4.1, prefers the proxy for HTTPS. */
  httpProxy?: string | undefined;
  /**
   * Hosts that are reached directly, separated by commas or spaces: names (with their subdomains), IP addresses, ranges such
   * as `10.0.0.0/8`, each with an optional port, or `*`.
   */
  noProxy?: string | undefined;
}

/** What a value of a proxy setting has to be; undefined if it is valid. */
export function proxyMistake(value: string): string | undefined {
  const url = URL.parse(value);
  const isAddress = url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '';
  const isEncoded = !/%(?![0-9a-f]{2})/i.test(`${url?.username} ${url?.password}`);
  return isAddress && isEncoded
    ? undefined
    : 'must be an http:// or https:// address of a proxy, such as http://proxy.example:3128';
}

/** The proxy for the address of a WebSocket or of an HTTP request; undefined if it is reached directly. */
export function proxyFor(address: string, settings: ProxySettings): URL | undefined {
  const { protocol, hostname, port } = new URL(address);
  const isSecure = protocol === 'wss:' || protocol === 'https:';
  const proxy = settings.httpsProxy ?? (isSecure ? undefined : settings.httpProxy);
  if (proxy === undefined) return undefined;
  const host = withoutBrackets(hostname.toLowerCase()).replace(/\.$/, '');
  const portOrDefault = port === '' ? (isSecure ? '443' : '80') : port;
  return isDirect(host, portOrDefault, settings.noProxy ?? '') ? undefined : new URL(proxy);
}

function isDirect(host: string, port: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(host, port, entry));
}

function matches(host: string, port: string, entry: string): boolean {
  if (entry === '*') return true;
  const colon = entry.lastIndexOf(':');
  const hasPort =
    /^\d+$/.test(entry.slice(colon + 1)) && (entry.indexOf(':') === colon || entry[colon - 1] === ']');
  if (colon >= 0 && hasPort) {
    return entry.slice(colon + 1) === port && matchesHost(host, entry.slice(0, colon));
  }
  return matchesHost(host, entry);
}

function matchesHost(host: string, entry: string): boolean {
  const name = withoutBrackets(entry);
  if (isIP(host) !== 0) return isIP(name) !== 0 || name.includes('/') ? isInRange(host, name) : false;
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isInRange(host: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const largest = family === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? largest : Number(bits);
  if (isIP(network) === 0 || !(prefix >= 0 && prefix <= largest)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
