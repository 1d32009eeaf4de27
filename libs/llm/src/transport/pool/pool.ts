import { type Timer } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { LlmConnectError, LlmQueueFullError } from '../../errors/connection-errors.js';
import { LlmError } from '../../errors/llm-error.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { openConnection, rulesOf, type PoolContext } from '../dial/open-connection.js';
import { ReconnectSpread } from './reconnect-spread.js';
import { WaitQueue } from './wait-queue.js';

export interface PoolState {
  /** Open connections. */
  connections: number;
  connecting: number;
  inFlight: number;
  queued: number;
}

/** Lends the connections to one endpoint. */
export interface Pool {
  readonly state: PoolState;
  /** As many requests as may wait are waiting, beside those for which a connection can still be opened. */
  readonly isFull: boolean;
  /**
   * A connection with room for one request, to be given back with {@link release}. Rejects with
   * {@link LlmQueueFullError}, with the error of a failed connect, or with the signal's reason.
   */
  acquire(signal: AbortSignal, request: LlmRequest): Promise<Connection>;
  /** {@link acquire} for when a connection is free; undefined when one would have to be waited for. */
  tryAcquire(request: LlmRequest): Connection | undefined;
  /** Takes back what {@link acquire} gave; whoever waits is served. */
  release(connection: Connection): void;
  /** Makes sure that the endpoint can be reached, without sending it a prompt. Rejects as a connect does. */
  check(signal: AbortSignal): Promise<void>;
  /** Closes every connection; whoever waits is turned away with {@link LlmCancelledError}. */
  close(): void;
}

/** A server that refused one connection more is not asked for another one for so long, unless it said how long. */
const refusalHoldsMs = 1_000;

/**
 * The connections to one endpoint: opened when needed, kept for the next request, pinged, and closed when unused.
 * Requests beyond their number wait in order of arrival, up to `maxQueue`.
 */
export class ConnectionPool implements Pool {
  readonly #connections = new Set<Connection>();
  readonly #waiting = new WaitQueue<Connection>();
  readonly #closing = new AbortController();
  readonly #context: PoolContext;
  readonly #dials = new Set<AbortController>();
  readonly #spread: ReconnectSpread;
  readonly #requestsPerConnection: number;
  #refusedUntil = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  #heartbeat: Timer | undefined;

  constructor(context: PoolContext) {
    this.#context = context;
    this.#spread = new ReconnectSpread(context.random);
    const { maxInFlight } = rulesOf(context.protocol);
    this.#requestsPerConnection = Math.min(context.options.requestsPerConnection, maxInFlight);
  }

  get state(): PoolState {
    return {
      connections: this.#connections.size,
      connecting: this.#dials.size,
      inFlight: this.#inFlight,
      queued: this.#waiting.size,
    };
  }

  get isFull(): boolean {
    const { maxConnections, maxQueue } = this.#context.options;
    const roomToCome = (maxConnections - this.#connections.size) * this.#requestsPerConnection;
    return this.#waiting.size - roomToCome >= maxQueue && this.#withRoom() === undefined;
  }

  async acquire(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const ready = this.tryAcquire();
    if (ready !== undefined) return ready;
    if (this.isFull) throw new LlmQueueFullError(this.#context.address.name, this.#context.options.maxQueue);
    const place = this.#waiting.wait(signal);
    this.#grow();
    try {
      return await place;
    } finally {
      if (signal.aborted) this.#dropSurplusDials();
    }
  }

  tryAcquire(): Connection | undefined {
    const ready = this.#withRoom();
    return ready === undefined ? undefined : this.#lend(ready);
  }

  release(connection: Connection): void {
    connection.free();
    this.#inFlight -= 1;
    this.#serve();
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.#connections.size === 0) this.release(await this.acquire(signal));
  }

  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#waiting.turnAllAway(reason);
    for (const dialing of this.#dials) dialing.abort(reason);
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
    const { options, clock } = this.#context;
    if (this.#connections.size > 0 && clock.now() < this.#refusedUntil) return;
    while (
      !this.#closing.signal.aborted &&
      this.#waiting.size > this.#dials.size * this.#requestsPerConnection &&
      this.#connections.size + this.#dials.size < options.maxConnections
    ) {
      const dialing = new AbortController();
      this.#dials.add(dialing);
      void this.#open(dialing);
    }
  }

  /** Nobody is left who would use them: a connect that hangs must not outlive the requests that wanted it. */
  #dropSurplusDials(): void {
    for (const dialing of [...this.#dials].reverse()) {
      if ((this.#dials.size - 1) * this.#requestsPerConnection < this.#waiting.size) return;
      this.#dials.delete(dialing);
      dialing.abort(new LlmCancelledError('nobody waits for it'));
    }
  }

  /**
   * One failed connect is one request's failure; the others may be luckier. While other connections stand, the
   * server merely wants no more of them for now: nobody fails, and whoever waits is served when one is given back.
   */
  #connectFailed(error: LlmError): void {
    if (this.#connections.size > 0) {
      this.#refusedUntil = this.#context.clock.now() + (error.retryAfterMs ?? refusalHoldsMs);
      return;
    }
    this.#waiting.turnAway(error);
    this.#grow();
  }

  async #open(dialing: AbortController): Promise<void> {
    const { address, model, options, clock, onOpen } = this.#context;
    let connection;
    try {
      const delayMs = this.#spread.delayMs(clock.now());
      if (delayMs > 0) await clock.sleep(delayMs, dialing.signal);
      connection = await openConnection(this.#context, model, dialing.signal, {
        onClose: (closed, error) => this.#lost(closed, error),
        onRoom: () => this.#serve(),
      });
      if (connection.closedBy !== undefined) throw connection.closedBy;
    } catch (error) {
      this.#dials.delete(dialing);
      if (dialing.signal.aborted) return;
      this.#connectFailed(
        error instanceof LlmError ? error : new LlmConnectError(address.name, error as Error),
      );
      return;
    }
    this.#dials.delete(dialing);
    if (dialing.signal.aborted) {
      connection.close();
      return;
    }
    this.#connections.add(connection);
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#beat());
    onOpen?.();
    this.#serve();
  }

  #lost(connection: Connection, error: LlmError): void {
    if (!this.#connections.delete(connection)) return;
    this.#spread.dropped(this.#context.clock.now());
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
    this.#grow();
  }
}
