import { DatabaseUrlError, parseDatabaseUrl } from '#database';
import { BlockList, isIP } from 'node:net';

/** Schemes that error messages may contain. They contain nothing else of an address, as any part may be a secret. */
const KNOWN_SCHEMES = [
  'http',
  'https',
  'ws',
  'wss',
  'postgres',
  'postgresql',
  'mysql',
  'redis',
  'file',
  'tcp',
];

/** Describes what is wrong with the address of an LLM server; undefined if nothing is. Reveals at most its scheme. */
export function webSocketUrlMistake(address: string): string | undefined {
  const scheme = schemeOf(address);
  if (scheme === 'http' || scheme === 'https') {
    const form = scheme === 'http' ? 'ws' : 'wss';
    return `must be a WebSocket address: write ${form}:// instead of ${scheme}://`;
  }
  if (scheme !== 'ws' && scheme !== 'wss') {
    return `must start with ws:// or wss://${scheme === undefined ? '' : `, not ${scheme}://`}`;
  }
  const url = URL.parse(address);
  if (url === null) return 'is not a valid address';
  if (![url.username, url.password].every(isDecodable)) {
    return 'is not a valid address; write special characters of its password percent-encoded (@ as %40, % as %25)';
  }
  return address.includes('#') ? 'must not have a "#" part' : undefined;
}

/** Describes what is wrong with the address of a database; undefined if nothing is. Reveals at most its scheme. */
export function databaseUrlMistake(address: string): string | undefined {
  const scheme = schemeOf(address);
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    return `must start with postgres:// or postgresql://${scheme === undefined ? '' : `, not ${scheme}://`}`;
  }
  try {
    parseDatabaseUrl(address);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}

/** Describes what is wrong with an allowed origin (`https://app.example:8443`, or `*` for all); undefined if nothing is. */
export function originMistake(origin: string): string | undefined {
  if (origin === '*') return undefined;
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'must be an origin, such as https://app.example, or *';
  return url.origin === origin ? undefined : `must be the origin alone: ${url.origin}`;
}

/**
 * Describes what is wrong with an allowed value of `Host` (`chat.example`, `10.0.0.7:3001`, `[fd00::7]`, or `*`);
 * undefined if nothing is.
 */
export function hostMistake(host: string): string | undefined {
  if (host === '*') return undefined;
  const url = URL.parse(`http://${host}`);
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(host) ?? [];
  const isAlone = url !== null && name !== '' && url.href === `http://${url.host}/`;
  const isName = isHost(name) || (name.startsWith('[') && isIP(name.slice(1, -1)) === 6);
  return isAlone && isName && Number(port.slice(1)) <= 65_535
    ? undefined
    : 'must be a host name or an IP address (IPv6 in brackets), with or without a port, or *';
}

/** Whether only programs on this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const version = isIP(host);
  if (version === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether `host` is an IP address without brackets, or a host name. */
export function isHost(host: string): boolean {
  return isIP(host) !== 0 || /^(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(host);
}

function schemeOf(address: string): string | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(address)?.[1]?.toLowerCase();
  return KNOWN_SCHEMES.find((known) => known === scheme);
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** Describes what is wrong with the sub-path of the server; undefined if nothing is. */
export function basePathMistake(path: string): string | undefined {
  return /^\/(?:[\w.~-]+\/)*$/.test(path) && !/\/\.{1,2}\//.test(path)
    ? undefined
    : 'must begin and end with a slash, with letters, digits, ".", "_", "~" and "-" in its parts, as in /chat/';
}
