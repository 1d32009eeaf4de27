import { isIP } from 'node:net';

const replacement = '[address]';

const urls = /\b[a-z][a-z0-9+.-]{0,19}:\/\/[^\s"'<>()]+/gi;
const words = /[^\s"'<>(),;=]+/g;
const hostName = /^[a-z0-9][a-z0-9._-]*$/i;
const internalDomains = new Set(
  'internal local localdomain localhost lan intranet corp home svc cluster'.split(' '),
);

/**
 * Replaces network addresses in a text with `[address]`, so that callers do not learn the structure of a deployment: IP
 * addresses, hosts with ports, names in internal domains, and all URLs except `http:` and `https:` URLs with a public
 * host name, which may point to documentation. Linear in the length of the text.
 */
export function hideAddresses(text: string): string {
  const pages: string[] = [];
  const withoutUrls = text.replaceAll('\0', '').replace(urls, (url) => {
    if (!isPublicPage(url)) return replacement;
    pages.push(url);
    return '\0';
  });
  return withoutUrls.replace(words, hideInWord).replace(/\0/g, () => pages.shift() ?? '');
}

function hideInWord(word: string): string {
  const end = /[.,:!?\]]{0,3}$/.exec(word.slice(-3))![0];
  const core = word.slice(0, word.length - end.length + (end.startsWith(']') ? 1 : 0));
  return isAddress(core) ? replacement + word.slice(core.length) : word;
}

function isPublicPage(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.port !== '') return false;
  return url.hostname.includes('.') && isIP(url.hostname) === 0 && !isAddress(url.hostname);
}

/** Whether a word is an IP address or a host name, with or without a port and a path. */
function isAddress(word: string): boolean {
  if (word.length > 300) return false;
  const authority = word.slice(word.lastIndexOf('@') + 1).split('/', 1)[0]!;
  if (isIpAddress(authority)) return true;
  const colon = authority.lastIndexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  const port = colon < 0 ? '' : authority.slice(colon + 1);
  if (isIpAddress(host)) return true;
  if (!hostName.test(host) || !/[a-z]/i.test(host)) return false;
  const domain = host.slice(host.lastIndexOf('.') + 1).toLowerCase();
  if (host.toLowerCase() === 'localhost' || (host.includes('.') && internalDomains.has(domain))) return true;
  return /^\d{1,5}$/.test(port) && (/[.-]/.test(host) || port.length >= 4);
}

/** Accepts IPv6 addresses in brackets and with a zone. */
function isIpAddress(host: string): boolean {
  const bare = host.startsWith('[') ? host.slice(1, host.endsWith(']') ? -1 : undefined) : host;
  return isIP(bare) !== 0;
}
