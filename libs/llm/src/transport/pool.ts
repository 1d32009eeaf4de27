import { type Clock, type Timer } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { LlmConnectError, LlmQueueFullError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { Connection } from './connection.js';
import { dial, type Address } from './dial.js';
import { type TransportOptions } from './transport-options.js';
import { WaitQueue } from './wait-queue.js';

export interface PoolContext {
  address: Address;
  model: string;
  protocol: LlmProtocol;
  options: TransportOptions;
  clock: Clock;
  onOpen?: () => void;
  onClose?: (error: LlmError) => void;
}

export interface PoolState {
  /** Open connections. */
  connections: number;
  connecting: number;
  inFlight: number;
  queued: number;
}

/**
 * The connections to one endpoint: opened when needed, kept for the next request, pinged, and closed when unused.
 * Requests beyond their number wait in order of arrival, up to `maxQueue`.
 */
export class ConnectionPool {
  readonly #connections = new Set<Connection>();
  readonly #waiting = new WaitQueue<Connection>();
  readonly #closing = new AbortController();
  readonly #context: PoolContext;
  #connecting = 0;
  #inFlight = 0;
  #heartbeat: Timer | undefined;

  constructor(context: PoolContext) {
    this.#context = context;
  }

  get state(): PoolState {
    return {
      connections: this.#connections.size,
      connecting: this.#connecting,
      inFlight: this.#inFlight,
      queued: this.#waiting.size,
    };
  }

  /**
   * A connection with room for one request, to be given back with {@link release}. Rejects with
   * {@link LlmQueueFullError}, with the error of a failed connect, or with the signal's reason.
   */
  async acquire(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const ready = this.#withRoom();
    if (ready !== undefined) return this.#lend(ready);
    const { address, options } = this.#context;
    if (this.#waiting.size >= options.maxQueue) throw new LlmQueueFullError(address.name, options.maxQueue);
    const place = this.#waiting.wait(signal);
    this.#grow();
    return place;
  }

  /** Takes back what {@link acquire} gave; whoever waits is served. */
  release(connection: Connection): void {
    connection.free();
    this.#inFlight -= 1;
    this.#serve();
  }

  /** Makes sure that the endpoint can be reached, without sending it a prompt. Rejects as a connect does. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#connections.size === 0) await this.#open(signal);
  }

  /** Closes every connection; whoever waits is turned away with {@link LlmCancelledError}. */
  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#waiting.turnAllAway(reason);
    for (const connection of [...this.#connections]) connection.close();
  }

  /** The oldest come first, so that those which a burst opened grow idle and are closed. */
  #withRoom(): Connection | undefined {
    for (const connection of this.#connections) if (connection.hasRoom) return connection;
    return undefined;
  }

  #lend(connection: Connection): Connection {
    connection.reserve();
    this.#inFlight += 1;
    return connection;
  }

  #serve(): void {
    while (this.#waiting.size > 0) {
      const connection = this.#withRoom();
      if (connection === undefined) break;
      this.#waiting.serve(this.#lend(connection));
    }
    this.#grow();
  }

  /** Opens as many connections as there are waiting requests without one on its way. */
  #grow(): void {
    const { maxConnections, requestsPerConnection } = this.#context.options;
    while (
      !this.#closing.signal.aborted &&
      this.#waiting.size > this.#connecting * requestsPerConnection &&
      this.#connections.size + this.#connecting < maxConnections
    ) {
      this.#open(this.#closing.signal).then(
        () => undefined,
        (error: Error) => this.#connectFailed(error),
      );
    }
  }

  /**
   * One failed connect is one request's failure; the others may be luckier. While other connections stand, the
   * server merely wants no more of them: nobody fails, and whoever waits is served when one is given back.
   */
  #connectFailed(error: Error): void {
    if (this.#connections.size > 0) return;
    this.#waiting.turnAway(error);
    this.#grow();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { address, options, clock, onOpen } = this.#context;
    this.#connecting += 1;
    let socket;
    try {
      socket = await dial(address, options, clock, signal);
    } catch (error) {
      throw error instanceof LlmError ? error : new LlmConnectError(address.name, error as Error);
    } finally {
      this.#connecting -= 1;
    }
    const connection = new Connection(socket, {
      ...this.#context,
      name: address.name,
      onClose: (closed, error) => this.#lost(closed, error),
    });
    if (this.#closing.signal.aborted) {
      connection.close();
      return;
    }
    this.#connections.add(connection);
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#beat());
    onOpen?.();
    this.#serve();
  }

  #lost(connection: Connection, error: LlmError): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) {
      this.#heartbeat?.cancel();
      this.#heartbeat = undefined;
    }
    this.#context.onClose?.(error);
    this.#grow();
  }

  #beat(): void {
    const now = this.#context.clock.now();
    for (const connection of [...this.#connections]) {
      const unusedFor = now - connection.lastUsedAt;
      if (connection.isIdle && unusedFor >= this.#context.options.idleCloseMs && this.#connections.size > 1) {
        connection.close();
      } else {
        connection.beat();
      }
    }
    this.#heartbeat?.refresh();
  }
}
