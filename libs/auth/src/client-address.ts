import { isIP } from 'node:net';

/**
 * Normalizes an IP address to the client that is counted: an IPv4 address itself (also as `::ffff:1.2.3.4`), an IPv6
 * address as its /64 network, which usually belongs to one customer. `unknown` for anything else.
 */
export function clientOf(address: string | undefined): string {
  const text = address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  const version = isIP(text);
  if (version === 4) return text;
  return version === 6 ? `${networkOf(text)}::/64` : 'unknown';
}

/** The first 64 bits of an IPv6 address, with every group written out. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
