import { type Fault } from './fault.js';

/** Addresses where nobody can be reached, whoever tries. */
export interface BadAddress extends Fault {
  /** @param port of an LLM server that is well, without TLS; @param closedPort nobody listens there */
  url: (ports: { plain: number; closed: number; untrusted: number }) => string;
}

/** Faults of an address, which cannot come and go. */
export const addressFaults: readonly BadAddress[] = [
  {
    name: 'connection refused',
    catalogue: 'connection refused',
    verdict: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ closed }) => `ws://127.0.0.1:${closed}/chat`,
  },
  {
    name: 'unknown host',
    catalogue: 'DNS / unknown host',
    verdict: 'failed',
    codes: ['connect_failed', 'connect_timeout'],
    before: {},
    url: () => 'ws://no-such-host.invalid/chat',
  },
  {
    name: 'TLS failure: the server speaks none',
    catalogue: 'TLS failure',
    verdict: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ plain }) => `wss://127.0.0.1:${plain}/chat`,
  },
  {
    name: 'TLS failure: a certificate that nobody vouches for',
    catalogue: 'TLS failure',
    verdict: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ untrusted }) => `wss://127.0.0.1:${untrusted}/chat`,
  },
];
