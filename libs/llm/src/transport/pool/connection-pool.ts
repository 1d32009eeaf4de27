import { type Timer } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { FairShares, type Owner } from '#fairness';
import { type LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { reuseOf, rulesOf, type PoolContext } from '../dial/open-connection.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { PendingConnects } from './pending-connects.js';
import { type Pool, type PoolState } from './pool.js';
import { refusal } from './refusal.js';
import { closeUnusable, countReady, followedConnection, longestResting, readyConnection } from './resting.js';
import { RestTimer } from './rest-timer.js';
import { StaleConnections } from './stale-connections.js';
import { SpareTarget } from './spare-target.js';
import { WaitQueue } from './wait-queue.js';

/** How long no further connection is opened after a refused one, in ms, unless the server names a time. */
const refusalHoldsMs = 1_000;

/**
 * The connections to one endpoint: opened on demand, reused, pinged, and closed when idle. Requests beyond
 * `maxConnections` or beyond their owner's share wait, up to `maxQueue`, and are served round robin by owner.
 */
export class ConnectionPool implements Pool {
  readonly #connections = new Set<Connection>();
  readonly #waiting = new WaitQueue<Connection>();
  readonly #closing = new AbortController();
  readonly #context: PoolContext;
  readonly #pendingConnects: PendingConnects;
  readonly #reuse: EndpointReuse;
  readonly #spares: SpareTarget;
  readonly #stale: StaleConnections;
  readonly #requestsPerConnection: number;
  #refusedUntil = Number.NEGATIVE_INFINITY;
  /**
   * The number of open connections when the server refused another one; infinite until then. Owners share this number.
   */
  #accepted = Number.POSITIVE_INFINITY;
  /** Requests in flight, by owner. */
  readonly #shares: FairShares;
  #noSparesUntil = Number.NEGATIVE_INFINITY;
  #heartbeat: Timer | undefined;
  readonly #restTimer: RestTimer;

  constructor(context: PoolContext) {
    this.#context = context;
    this.#spares = new SpareTarget(context.options.maxConnections);
    this.#restTimer = new RestTimer(this.#connections, context.clock, () => this.#serve());
    this.#reuse = reuseOf(context, () => this.#reuseChanged());
    this.#pendingConnects = new PendingConnects(context, this.#reuse, {
      onOpen: (connection) => this.#opened(connection),
      onFailed: (error) => this.#connectFailed(error),
      onClose: (connection, error) => this.#lost(connection, error),
      onCapacity: () => this.#serve(),
    });
    this.#stale = new StaleConnections(
      {
        connections: this.#connections,
        open: () => this.#pendingConnects.start(),
        acquire: (signal, request) => this.acquire(signal, request),
        release: (connection, request) => this.release(connection, request),
      },
      context,
    );
    const { maxInFlight } = rulesOf(context.protocol);
    const { requestsPerConnection, maxConnections, ownerShare } = context.options;
    this.#requestsPerConnection = Math.min(requestsPerConnection, maxInFlight);
    this.#shares = new FairShares(
      () => Math.min(maxConnections, this.#accepted) * this.#requestsPerConnection,
      ownerShare,
    );
  }

  get state(): PoolState {
    return {
      connections: this.#connections.size,
      connecting: this.#pendingConnects.size,
      inFlight: this.#shares.total,
      queued: this.#waiting.size,
      ...this.#reuse.state,
    };
  }

  refusalFor(owner?: string): LlmQueueFullError | undefined {
    const { address, options } = this.#context;
    const hasCapacity = readyConnection(this.#connections) !== undefined;
    const toOpen = (options.maxConnections - this.#connections.size) * this.#requestsPerConnection;
    const waiting = this.#waiting;
    const beingOpened = Math.min(toOpen, this.#servable);
    const ownAllowance = this.#allowance(owner);
    if (ownAllowance > waiting.sizeOf(owner) && (hasCapacity || toOpen > beingOpened)) return undefined;
    const ownBeingOpened = Math.min(beingOpened, waiting.sizeOf(owner), ownAllowance);
    return refusal(
      { endpoint: address.name, waiting, beingOpened, ownBeingOpened, hasCapacity },
      owner,
      options,
    );
  }

  async acquire(signal: AbortSignal, request?: LlmRequest): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const ready = this.tryAcquire(request);
    if (ready !== undefined) return ready;
    const refused = this.refusalFor(request?.owner);
    if (refused !== undefined) throw refused;
    this.#spares.onWait();
    const connection = this.#waiting.wait(signal, request?.owner);
    this.#grow();
    try {
      return await connection;
    } finally {
      // A connect must not outlive the requests that it was started for.
      if (signal.aborted && !this.#reuse.dialsAhead) {
        this.#pendingConnects.abandonExcept(
          Math.ceil(this.#demand / this.#requestsPerConnection),
          'no request waits for it',
        );
      }
    }
  }

  tryAcquire(request?: LlmRequest): Connection | undefined {
    if (this.#allowance(request?.owner) === 0) return undefined;
    const connection =
      readyConnection(this.#connections) ?? (request && followedConnection(this.#connections, request));
    if (connection === undefined) return undefined;
    this.#lend(connection, request?.owner);
    if (this.#reuse.dialsAhead) this.#grow();
    return connection;
  }

  release(connection: Connection, request?: LlmRequest): void {
    connection.release();
    this.#shares.release(request?.owner);
    const { size } = this.#connections;
    const isExcess = size > this.#context.options.maxConnections;
    if (connection.isIdle && (isExcess || connection.unusableInMs === 0)) connection.close();
    this.#serve();
    if (this.#reuse.isByOrder) this.#restTimer.start();
  }

  verified(connection: Connection, signal: AbortSignal, request: LlmRequest): Promise<Connection> {
    return this.#stale.verified(connection, signal, request);
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.#connections.size === 0) this.release(await this.acquire(signal));
  }

  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#restTimer.close();
    this.#waiting.rejectAll(reason);
    this.#pendingConnects.abandonExcept(0, 'the pool is closed');
    for (const connection of [...this.#connections]) connection.close();
  }

  #lend(connection: Connection, owner: Owner): Connection {
    connection.reserve();
    this.#shares.take(owner);
    this.#spares.onRequest(this.#context.clock.now());
    return connection;
  }

  /** How many waiting requests could be sent now without exceeding their owners' shares. */
  get #servable(): number {
    return this.#waiting.servable((owner) => this.#allowance(owner));
  }

  /**
   * How many requests would use a new connection. After a refusal at least one counts while any request waits, so that
   * the limit of the server is probed again.
   */
  get #demand(): number {
    const mayTry = this.#accepted < this.#context.options.maxConnections && this.#waiting.size > 0;
    return Math.max(this.#servable, mayTry ? 1 : 0);
  }

  /**
   * How many more requests of this owner may be sent now. Requests without an owner are bounded by connections alone.
   */
  #allowance(owner: Owner): number {
    return owner === undefined ? Number.POSITIVE_INFINITY : this.#shares.allowance(owner);
  }

  #serve(): void {
    while (this.#waiting.size > 0) {
      const connection = readyConnection(this.#connections);
      if (connection === undefined) break;
      const isServed = this.#waiting.serve(
        (owner) => this.#lend(connection, owner),
        (owner) => this.#allowance(owner) > 0,
        (owner) => this.#shares.held(owner) === 0,
      );
      if (!isServed) break;
    }
    this.#grow();
  }

  /** Opens connections for waiting requests, beyond those that are already being opened, and spare connections. */
  #grow(): void {
    const { clock } = this.#context;
    const now = clock.now();
    if (this.#closing.signal.aborted || (this.#connections.size > 0 && now < this.#refusedUntil)) return;
    while (
      this.#demand > this.#pendingConnects.size * this.#requestsPerConnection &&
      (this.#hasSpace || this.#makeSpace())
    ) {
      void this.#pendingConnects.start();
    }
    if (now < this.#noSparesUntil || !this.#reuse.dialsAhead) return;
    const wanted = this.#spares.at(now) - countReady(this.#connections) + this.#demand;
    while (this.#pendingConnects.size < wanted && (this.#hasSpace || this.#makeSpace()))
      void this.#pendingConnects.start();
  }

  get #hasSpace(): boolean {
    return this.#connections.size + this.#pendingConnects.size < this.#context.options.maxConnections;
  }

  /** Closes a connection whose rest period would last longer than a new connection takes to open. */
  #makeSpace(): boolean {
    const { settleMs } = this.#reuse;
    if (!this.#reuse.isByOrder) return false;
    longestResting(this.#connections, Math.max(1, 2 * settleMs))?.close();
    return this.#hasSpace;
  }

  /**
   * Without open connections, a failed connect fails one waiting request, and the next one is tried for the others. While
   * connections are open, the server only accepts no more of them for now: no request fails, waiting ones are served when
   * a connection is released, and no spare connection is opened.
   */
  #connectFailed(error: LlmError): void {
    this.#noSparesUntil = this.#context.clock.now() + (error.retryAfterMs ?? refusalHoldsMs);
    if (this.#connections.size > 0) {
      this.#refusedUntil = this.#noSparesUntil;
      this.#accepted = this.#connections.size;
      return;
    }
    this.#waiting.rejectNext(error);
    this.#grow();
  }

  #opened(connection: Connection): void {
    const { options, clock, onOpen } = this.#context;
    this.#connections.add(connection);
    if (this.#connections.size > this.#accepted) this.#accepted = Number.POSITIVE_INFINITY;
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#onHeartbeat());
    onOpen?.();
    this.#serve();
  }

  #lost(connection: Connection, error: LlmError): void {
    if (!this.#connections.delete(connection)) return;
    // A connection that the pool closes itself is not a failure, and lets the server accept another one.
    if (connection.isClosedByUs) this.#refusedUntil = Number.NEGATIVE_INFINITY;
    else this.#pendingConnects.recordDrop();
    if (this.#connections.size === 0) {
      this.#heartbeat?.cancel();
      this.#heartbeat = undefined;
    }
    this.#context.onClose?.(error);
    this.#grow();
  }

  #onHeartbeat(): void {
    const now = this.#context.clock.now();
    for (const connection of [...this.#connections]) {
      const unusedFor = now - connection.lastUsedAt;
      if (connection.isIdle && unusedFor >= this.#context.options.idleCloseMs && this.#connections.size > 1) {
        connection.close();
      } else {
        connection.heartbeat();
      }
    }
    this.#heartbeat?.refresh();
    this.#spares.onHeartbeat();
    this.#grow();
  }

  #reuseChanged(): void {
    closeUnusable(this.#connections);
    this.#serve();
    this.#restTimer.start();
  }
}
