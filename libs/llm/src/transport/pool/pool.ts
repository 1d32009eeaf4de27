import { type LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { type ReuseState } from '../reuse/endpoint-reuse.js';

/** The state of a pool, for health reports and metrics. */
export interface PoolState extends ReuseState {
  /** Open connections. */
  connections: number;
  /** Connections being opened: dialing, in the handshake, or not yet quiet for the settle time. */
  connecting: number;
  /** Requests in flight. */
  inFlight: number;
  /** Requests that wait for a connection. */
  queued: number;
}

/** Lends the connections to one endpoint. */
export interface Pool {
  readonly state: PoolState;
  /**
   * The error with which {@link acquire} would refuse a request of this owner now. Requests for which a connection can
   * still be opened do not count as waiting.
   */
  refusalFor(owner?: string): LlmQueueFullError | undefined;
  /**
   * Lends a connection for one request, to be given back with {@link release}. Rejects with
   * {@link LlmQueueFullError}, with the error of a failed connect, or with the signal's reason.
   */
  acquire(signal: AbortSignal, request: LlmRequest): Promise<Connection>;
  /** Like {@link acquire}, but synchronous; undefined if no connection is free. */
  tryAcquire(request: LlmRequest): Connection | undefined;
  /** Gives back the connection that was lent for this request, and serves waiting requests. */
  release(connection: Connection, request?: LlmRequest): void;
  /**
   * Probes a lent connection that is stale. Resolves with a lent connection: the same one, or another one if it is dead.
   * Rejects with the reason of the signal, or as {@link acquire} does; then none is lent.
   */
  verified(connection: Connection, signal: AbortSignal, request: LlmRequest): Promise<Connection>;
  /** Checks that the endpoint is reachable, without sending a request. Rejects as a connect does. */
  check(signal: AbortSignal): Promise<void>;
  /** Closes every connection; waiting requests are rejected with {@link LlmCancelledError}. */
  close(): void;
}
