import { type Fault } from './fault.js';

/** A fault of an address: no server can be reached there. */
export interface BadAddress extends Fault {
  /**
   * Returns the address. Ports: `plain` of a healthy LLM server without TLS, `closed` without a listener, `untrusted` of a TLS
   * server with a self-signed certificate.
   */
  url: (ports: { plain: number; closed: number; untrusted: number }) => string;
}

/** The faults of addresses. They are permanent. */
export const addressFaults: readonly BadAddress[] = [
  {
    name: 'connection refused',
    catalog: 'connection refused',
    effect: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ closed }) => `ws://127.0.0.1:${closed}/chat`,
  },
  {
    name: 'unknown host',
    catalog: 'DNS / unknown host',
    effect: 'failed',
    codes: ['connect_failed', 'connect_timeout'],
    before: {},
    url: () => 'ws://no-such-host.invalid/chat',
  },
  {
    name: 'TLS failure: the server does not support TLS',
    catalog: 'TLS failure',
    effect: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ plain }) => `wss://127.0.0.1:${plain}/chat`,
  },
  {
    name: 'TLS failure: untrusted certificate',
    catalog: 'TLS failure',
    effect: 'failed',
    codes: ['connect_failed'],
    before: {},
    url: ({ untrusted }) => `wss://127.0.0.1:${untrusted}/chat`,
  },
];
