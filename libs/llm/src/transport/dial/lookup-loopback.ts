import { type LookupFunction } from 'node:net';

const addresses = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Resolves `localhost` to both loopback addresses (RFC 6761, section 6.3), whatever the hosts file says: a server often
 * listens on one of them only. Node tries both.
 */
export const lookupLoopback: LookupFunction = (_hostname, options, done) => {
  if (options.all === true) done(null, addresses);
  else done(null, '127.0.0.1', 4);
};

/** Whether the host of an address is `localhost`. */
export function isLocalhost(url: string): boolean {
  return new URL(url).hostname === 'localhost';
}
