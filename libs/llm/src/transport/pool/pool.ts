import { type LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { type ReuseState } from '../reuse/endpoint-reuse.js';

export interface PoolState extends ReuseState {
  /** Open connections. */
  connections: number;
  /** Connections being opened: being dialed, or not quiet for long enough yet. */
  connecting: number;
  inFlight: number;
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
   * A connection with room for one request, to be given back with {@link release}. Rejects with
   * {@link LlmQueueFullError}, with the error of a failed connect, or with the signal's reason.
   */
  acquire(signal: AbortSignal, request: LlmRequest): Promise<Connection>;
  /** {@link acquire} for when a connection is free; undefined when one would have to be waited for. */
  tryAcquire(request: LlmRequest): Connection | undefined;
  /** Releases what {@link acquire} gave for this request, and serves waiting requests. */
  release(connection: Connection, request?: LlmRequest): void;
  /** Makes sure that the endpoint can be reached, without sending it a prompt. Rejects as a connect does. */
  check(signal: AbortSignal): Promise<void>;
  /** Closes every connection; whoever waits is turned away with {@link LlmCancelledError}. */
  close(): void;
}
