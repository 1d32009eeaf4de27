import { defaultShare } from '#fairness';
import { type SecureContext } from 'node:tls';
import { type ProxySettings } from './dial/proxy-settings.js';
import { type ReuseSetting } from './reuse/endpoint-reuse.js';

/** Limits of the connections to one endpoint. */
export interface TransportOptions {
  /** Most connections to one endpoint. */
  maxConnections: number;
  /** Most requests in flight on one connection; more than 1 only if the server repeats request ids. */
  requestsPerConnection: number;
  /** Which connections may be reused if the server does not repeat request ids. */
  reuse: ReuseSetting;
  /**
   * How long a new connection must be quiet before its first request, in ms, so that a greeting is not mistaken for the
   * answer.
   */
  settleMs: number;
  /** How long a connection must be quiet before it carries a request of another caller, in ms. */
  restMs: number;
  /** Most requests that wait for a connection. */
  maxQueue: number;
  /**
   * The share of connections and queue slots that one owner may hold while no other owner holds any; above 0, at most 1.
   * 1: no bound.
   */
  ownerShare: number;
  /** For a connect, the protocol's handshake included, in ms. */
  connectTimeoutMs: number;
  /** Largest frame accepted from a server, in bytes. */
  maxFrameBytes: number;
  /** Most bytes that may wait to be sent on one connection. */
  maxUnsentBytes: number;
  /** Interval of pings on each connection, in ms. */
  heartbeatMs: number;
  /**
   * An idle connection on which nothing arrives for so long after a ping is dead, in ms. It does not apply while an answer
   * is awaited: busy servers answer pings late.
   */
  pingTimeoutMs: number;
  /** A connection on which nothing has arrived for so long is probed with a ping before its next request, in ms. */
  probeAfterMs: number;
  /** How long that ping may be unanswered before another connection is opened, in ms. */
  probeMs: number;
  /** An idle connection is closed after so long, in ms, except the last one. */
  idleCloseMs: number;
  /** Proxies; default: every server is reached directly. */
  proxy?: ProxySettings | undefined;
  /** Trusted certificate authorities for `wss:`; default: Node's own. */
  secureContext?: SecureContext | undefined;
}

/** Default limits. */
export const transportDefaults: TransportOptions = {
  maxConnections: 100,
  requestsPerConnection: 1,
  reuse: 'settled',
  settleMs: 250,
  restMs: 1_500,
  maxQueue: 1_000,
  ownerShare: defaultShare,
  connectTimeoutMs: 5_000,
  maxFrameBytes: 16 * 1024 * 1024,
  maxUnsentBytes: 16 * 1024 * 1024,
  heartbeatMs: 10_000,
  pingTimeoutMs: 60_000,
  probeAfterMs: 2_000,
  probeMs: 500,
  idleCloseMs: 300_000,
};
