import { Problem } from '#problems';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** The `Host` values that a server accepts. Protects servers without keys against DNS rebinding. */
export class AllowedHosts {
  readonly #hosts: ReadonlySet<string>;
  /** Cache: nearly every request has the same value. */
  #lastAccepted: string | undefined;

  /** @param hosts names or IP addresses, with a port or (without one) for any port; `*`: all. Loopback is always allowed. */
  constructor(hosts: readonly string[]) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
  }

  /**
   * Whether requests with this `Host` are accepted; never without one.
   * @param host the value of the header, if any
   */
  allows(host: string | undefined): boolean {
    if (host !== undefined && host === this.#lastAccepted) return true;
    if (!this.#accepts(host)) return false;
    this.#lastAccepted = host;
    return true;
  }

  #accepts(host: string | undefined): boolean {
    if (this.#hosts.has('*')) return true;
    const given = host?.toLowerCase() ?? '';
    // eslint-disable-next-line security/detect-unsafe-regex -- linear: each character matches in one way only
    const [, name = '', port] = /^(\[[0-9a-f:.]+\]|[^:[\]@/\s]+)(?::(\d{1,5}))?$/.exec(given) ?? [];
    if (name === '') return false;
    if (isLoopbackName(name) || this.#hosts.has(name)) return true;
    return port !== undefined && this.#hosts.has(`${name}:${port}`);
  }
}

/** The problem for a request with a `Host` that is not allowed. */
export function misdirectedRequest(): Problem {
  return new Problem({
    status: 421,
    code: 'misdirected_request',
    title: 'This server does not accept that host',
    detail:
      'Without keys (AUTH=none) the server accepts loopback names and those in ALLOWED_HOSTS. ' +
      'Call it as 127.0.0.1 or localhost, or add the host of the request to ALLOWED_HOSTS.',
  });
}

function isLoopbackName(name: string): boolean {
  if (name === 'localhost') return true;
  const address = name.replace(/^\[|\]$/g, '');
  if (isIPv4(address)) return name === address && loopback.check(address, 'ipv4');
  return isIPv6(address) && loopback.check(address, 'ipv6');
}
