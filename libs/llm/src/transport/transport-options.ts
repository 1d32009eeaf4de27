import { defaultShare } from '#fairness';
import { type SecureContext } from 'node:tls';
import { type ReuseSetting } from './reuse/endpoint-reuse.js';

/** Limits of the connections to one endpoint. */
export interface TransportOptions {
  /** Most connections to one endpoint. */
  maxConnections: number;
  /** Most requests in flight on one connection; more than 1 only where the server echoes `request_id`. */
  requestsPerConnection: number;
  /** Which connections may be used again where the server does not repeat request ids. */
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
   * The part of the connections and of the waiting places that one owner may hold while no other owner holds any; above
   * 0, at most 1. 1: no bound.
   */
  ownerShare: number;
  connectTimeoutMs: number;
  /** Largest frame taken from a server, in bytes. */
  maxFrameBytes: number;
  /** Most bytes that may wait to be sent on one connection. */
  maxUnsentBytes: number;
  /** How often every connection is pinged. */
  heartbeatMs: number;
  /** A connection on which no byte came for this long is dead. A busy server may answer pings late. */
  deadAfterMs: number;
  /** A connection that carried nothing for this long is closed, except the last one. */
  idleCloseMs: number;
  /** What `wss:` trusts; Node's own roots if left out. */
  secureContext?: SecureContext | undefined;
}

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
  deadAfterMs: 35_000,
  idleCloseMs: 300_000,
};
