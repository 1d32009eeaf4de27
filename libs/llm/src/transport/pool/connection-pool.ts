import { type Timer } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { FairShares, type Owner } from '#fairness';
import { type LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { reuseOf, rulesOf, type PoolContext } from '../dial/open-connection.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { Dials } from './dials.js';
import { type Pool, type PoolState } from './pool.js';
import { refusal } from './refusal.js';
import {
  closeSpent,
  countReady,
  followedConnection,
  longestResting,
  nextChangeInMs,
  readyConnection,
} from './resting.js';
import { SpareTarget } from './spare-target.js';
import { WaitQueue } from './wait-queue.js';

/**
 * After a server has refused a connection, no further one is opened for so long, in ms, unless the server said how
 * long.
 */
const refusalHoldsMs = 1_000;

/**
 * The connections to one endpoint: opened when needed, kept for the next request, pinged, and closed when unused.
 * Requests beyond their number, or beyond their owner's share, wait round robin by owner, up to `maxQueue`.
 */
export class ConnectionPool implements Pool {
  readonly #connections = new Set<Connection>();
  readonly #waiting = new WaitQueue<Connection>();
  readonly #closing = new AbortController();
  readonly #context: PoolContext;
  readonly #dials: Dials;
  readonly #reuse: EndpointReuse;
  readonly #spares: SpareTarget;
  readonly #requestsPerConnection: number;
  #refusedUntil = Number.NEGATIVE_INFINITY;
  /**
   * The number of open connections when the server refused another one; no bound until then. Owners share this number.
   */
  #accepted = Number.POSITIVE_INFINITY;
  /** Requests in flight, by owner. */
  readonly #shares: FairShares;
  #noSparesUntil = Number.NEGATIVE_INFINITY;
  #heartbeat: Timer | undefined;
  /** Set while a connection is resting. */
  #restTimer: Timer | undefined;

  constructor(context: PoolContext) {
    this.#context = context;
    this.#spares = new SpareTarget(context.options.maxConnections);
    this.#reuse = reuseOf(context, () => this.#reuseChanged());
    this.#dials = new Dials(context, this.#reuse, {
      onOpen: (connection) => this.#opened(connection),
      onFailed: (error) => this.#connectFailed(error),
      onClose: (connection, error) => this.#lost(connection, error),
      onRoom: () => this.#serve(),
    });
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
      connecting: this.#dials.size,
      inFlight: this.#shares.total,
      queued: this.#waiting.size,
      ...this.#reuse.state,
    };
  }

  refusalFor(owner?: string): LlmQueueFullError | undefined {
    const { address, options } = this.#context;
    const hasRoom = readyConnection(this.#connections) !== undefined;
    const toOpen = (options.maxConnections - this.#connections.size) * this.#requestsPerConnection;
    const waiting = this.#waiting;
    const coming = Math.min(toOpen, this.#servable);
    const ownAllowance = this.#allowance(owner);
    if (ownAllowance > waiting.sizeOf(owner) && (hasRoom || toOpen > coming)) return undefined;
    const ownComing = Math.min(coming, waiting.sizeOf(owner), ownAllowance);
    return refusal({ endpoint: address.name, waiting, coming, ownComing, hasRoom }, owner, options);
  }

  async acquire(signal: AbortSignal, request?: LlmRequest): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const ready = this.tryAcquire(request);
    if (ready !== undefined) return ready;
    const refused = this.refusalFor(request?.owner);
    if (refused !== undefined) throw refused;
    this.#spares.waited();
    const place = this.#waiting.wait(signal, request?.owner);
    this.#grow();
    try {
      return await place;
    } finally {
      // A connect that hangs must not outlive the requests that wanted it.
      if (signal.aborted && !this.#reuse.dialsAhead) {
        this.#dials.keep(Math.ceil(this.#wanted / this.#requestsPerConnection), 'no request waits for it');
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
    connection.free();
    this.#shares.release(request?.owner);
    if (connection.isIdle && connection.spentInMs === 0) connection.close();
    this.#serve();
    if (this.#reuse.isByOrder) this.#watchRest();
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.#connections.size === 0) this.release(await this.acquire(signal));
  }

  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#restTimer?.cancel();
    this.#waiting.turnAllAway(reason);
    this.#dials.keep(0, 'the pool is closed');
    for (const connection of [...this.#connections]) connection.close();
  }

  #lend(connection: Connection, owner: Owner): Connection {
    connection.reserve();
    this.#shares.take(owner);
    this.#spares.needed(this.#context.clock.now());
    return connection;
  }

  /** How many waiting requests could be sent now without exceeding their owners' shares. */
  get #servable(): number {
    return this.#waiting.servable((owner) => this.#allowance(owner));
  }

  /**
   * How many requests would use a new connection. After a refusal every waiting request counts, so that the bound is
   * probed again.
   */
  get #wanted(): number {
    const mayTry = this.#accepted < this.#context.options.maxConnections && this.#waiting.size > 0;
    return Math.max(this.#servable, mayTry ? 1 : 0);
  }

  /**
   * How many more requests of this owner may be sent now. Without an owner only connections count: a request whose
   * connection broke still holds its place until it is released.
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

  /** Opens connections for waiting requests for which none is being opened yet, and those to be held in reserve. */
  #grow(): void {
    const { clock } = this.#context;
    const now = clock.now();
    if (this.#closing.signal.aborted || (this.#connections.size > 0 && now < this.#refusedUntil)) return;
    while (
      this.#wanted > this.#dials.size * this.#requestsPerConnection &&
      (this.#hasPlace || this.#makePlace())
    ) {
      this.#dials.start();
    }
    if (now < this.#noSparesUntil || !this.#reuse.dialsAhead) return;
    const wanted = this.#spares.at(now) - countReady(this.#connections) + this.#wanted;
    while (this.#dials.size < wanted && (this.#hasPlace || this.#makePlace())) this.#dials.start();
  }

  get #hasPlace(): boolean {
    return this.#connections.size + this.#dials.size < this.#context.options.maxConnections;
  }

  /** Closes a connection that would rest longer than a new one takes to open. */
  #makePlace(): boolean {
    const { settleMs } = this.#reuse;
    if (!this.#reuse.isByOrder) return false;
    longestResting(this.#connections, Math.max(1, 2 * settleMs))?.close();
    return this.#hasPlace;
  }

  /**
   * One failed connect is one request's failure; the others may be luckier. While other connections stand, the server
   * only accepts no more of them for now: no request fails, and waiting ones are served when a connection is released.
   * None is opened in advance meanwhile.
   */
  #connectFailed(error: LlmError): void {
    this.#noSparesUntil = this.#context.clock.now() + (error.retryAfterMs ?? refusalHoldsMs);
    if (this.#connections.size > 0) {
      this.#refusedUntil = this.#noSparesUntil;
      this.#accepted = this.#connections.size;
      return;
    }
    this.#waiting.turnAway(error);
    this.#grow();
  }

  #opened(connection: Connection): void {
    const { options, clock, onOpen } = this.#context;
    this.#connections.add(connection);
    if (this.#connections.size > this.#accepted) this.#accepted = Number.POSITIVE_INFINITY;
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#beat());
    onOpen?.();
    this.#serve();
  }

  #lost(connection: Connection, error: LlmError): void {
    if (!this.#connections.delete(connection)) return;
    // Closing a connection ourselves is not a failure, and lets the server accept another one.
    if (connection.isClosedByUs) this.#refusedUntil = Number.NEGATIVE_INFINITY;
    else this.#dials.dropped();
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
    this.#spares.beat();
    this.#grow();
  }

  /**
   * Fires when a connection has rested, to serve waiting requests or to close connections that no request can use any
   * more.
   */
  #watchRest(): void {
    if (this.#restTimer !== undefined || this.#closing.signal.aborted) return;
    const ms = nextChangeInMs(this.#connections);
    if (ms === Infinity) return;
    this.#restTimer = this.#context.clock.timer(ms, () => {
      this.#restTimer = undefined;
      closeSpent(this.#connections);
      this.#serve();
      this.#watchRest();
    });
  }

  #reuseChanged(): void {
    closeSpent(this.#connections);
    this.#serve();
    this.#watchRest();
  }
}
