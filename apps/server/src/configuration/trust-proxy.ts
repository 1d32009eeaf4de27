import { BlockList, isIP } from 'node:net';

/** Whether the address at a distance of `hop` hops from the server (0: its peer) belongs to a trusted reverse proxy. */
export type TrustsProxy = (address: string, hop: number) => boolean;

/** Names of private networks, as in Express. */
const namedNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Describes what is wrong with an entry of TRUST_PROXY; undefined if nothing is. */
export function trustProxyMistake(entry: string): string | undefined {
  if (/^\d+$/.test(entry)) return Number(entry) <= 10 ? undefined : 'must be at most 10 hops';
  if (Object.hasOwn(namedNetworks, entry) || networkOf(entry) !== undefined) return undefined;
  return 'must be an IP address, a network such as 10.0.0.0/8, loopback, linklocal, uniquelocal, or a number of hops';
}

/**
 * The trust function for a list of valid entries. A number of hops trusts any peer, so only proxies must be able to reach
 * the server.
 */
export function trustsProxy(entries: readonly string[]): TrustsProxy {
  const hops = Math.max(0, ...entries.filter((entry) => /^\d+$/.test(entry)).map(Number));
  const trusted = new BlockList();
  for (const entry of entries.flatMap((name) => namedNetworks[name] ?? name)) {
    const network = networkOf(entry);
    if (network !== undefined) trusted.addSubnet(network.address, network.prefix, network.family);
  }
  return (address, hop) => {
    if (hop < hops) return true;
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function networkOf(entry: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return undefined;
  const maxPrefix = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? maxPrefix : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (prefix < 0 || prefix > maxPrefix) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
