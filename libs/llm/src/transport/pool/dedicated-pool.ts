import { type Timer } from '../../clock.js';
import { LlmCancelledError } from '../../errors/answer-errors.js';
import { FairShares, type Owner } from '#fairness';
import { type LlmQueueFullError } from '../../errors/connection-errors.js';
import { type LlmError } from '../../errors/llm-error.js';
import { type ConnectionRules } from '../../protocols/connection-rules.js';
import { type LlmRequest } from '../../protocols/protocol.js';
import { type Connection } from '../connection.js';
import { openConnection, reuseOf, rulesOf, type PoolContext } from '../dial/open-connection.js';
import { type EndpointReuse } from '../reuse/endpoint-reuse.js';
import { isAlive } from './is-alive.js';
import { type Pool, type PoolState } from './pool.js';
import { refusal } from './refusal.js';
import { WaitQueue } from './wait-queue.js';

/**
 * The connections to an endpoint where not every connection can carry every request: each is opened for one request, and
 * kept only for requests that continue its conversation, or that need the model of its address.
 */
export class DedicatedPool implements Pool {
  readonly #context: PoolContext;
  readonly #rules: ConnectionRules;
  readonly #reuse: EndpointReuse;
  readonly #lent = new Set<Connection>();
  /** Idle connections, the one that was used least recently first. */
  readonly #idle = new Set<Connection>();
  /** Requests that wait until fewer connections are lent. */
  readonly #waiting = new WaitQueue<void>();
  readonly #closing = new AbortController();
  /** Connections that are in use or being opened, by owner. */
  readonly #slots: FairShares;
  #heartbeat: Timer | undefined;

  constructor(context: PoolContext) {
    this.#context = context;
    this.#rules = rulesOf(context.protocol);
    this.#slots = new FairShares(() => context.options.maxConnections, context.options.ownerShare);
    this.#reuse = reuseOf(context, () => this.#closeUnusable());
  }

  get state(): PoolState {
    return {
      connections: this.#lent.size + this.#idle.size,
      connecting: this.#slots.total - this.#lent.size,
      inFlight: this.#lent.size,
      queued: this.#waiting.size,
      ...this.#reuse.state,
    };
  }

  refusalFor(owner?: string): LlmQueueFullError | undefined {
    if (this.#slots.allows(owner)) return undefined;
    const { address, options } = this.#context;
    const hasCapacity = this.#slots.total < options.maxConnections;
    const waiting = this.#waiting;
    return refusal(
      { endpoint: address.name, waiting, beingOpened: 0, ownBeingOpened: 0, hasCapacity },
      owner,
      options,
    );
  }

  async acquire(signal: AbortSignal, request?: LlmRequest): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const owner = request?.owner;
    const refused = this.refusalFor(owner);
    if (refused !== undefined) throw refused;
    if (this.#slots.allows(owner)) this.#slots.take(owner);
    else await this.#waiting.wait(signal, owner);
    try {
      const connection =
        this.#suitable(request) ?? (await this.#open(request?.model ?? this.#context.model, signal));
      return this.#lend(connection);
    } catch (error) {
      this.#releaseSlot(owner);
      throw error;
    }
  }

  tryAcquire(request: LlmRequest): Connection | undefined {
    if (!this.#slots.allows(request.owner)) return undefined;
    const connection = this.#suitable(request);
    if (connection === undefined) return undefined;
    this.#slots.take(request.owner);
    return this.#lend(connection);
  }

  release(connection: Connection, request?: LlmRequest): void {
    const { reuse } = this.#rules;
    if (reuse === 'answer' || (reuse === 'conversation' && !connection.hasConversation)) connection.close();
    this.#lent.delete(connection);
    if (connection.isOpen) this.#idle.add(connection);
    connection.release();
    this.#closeUnusable();
    this.#stopHeartbeat();
    this.#releaseSlot(request?.owner);
  }

  async verified(connection: Connection, signal: AbortSignal, request?: LlmRequest): Promise<Connection> {
    if (!connection.isStale) return connection;
    const { options, clock } = this.#context;
    let other: Connection | undefined;
    const openAnother = async (stop: AbortSignal): Promise<boolean> => {
      const opened = await this.#open(connection.model, stop).catch(() => undefined);
      if (opened !== undefined && stop.aborted) this.#discard(opened);
      else other = opened;
      return other !== undefined;
    };
    try {
      if (await isAlive(connection, options.probeMs, clock, signal, openAnother)) return connection;
      const fresh = other ?? (await this.#open(connection.model, signal));
      this.#discard(connection);
      return this.#lend(fresh);
    } catch (error) {
      this.release(connection, request);
      throw error;
    }
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.#lent.size + this.#idle.size === 0) this.release(await this.acquire(signal));
  }

  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#waiting.rejectAll(reason);
    for (const connection of [...this.#lent, ...this.#idle]) connection.close();
  }

  #suitable(request: LlmRequest | undefined): Connection | undefined {
    const { reuse, isForOneModel } = this.#rules;
    const model = request?.model ?? this.#context.model;
    for (const connection of this.#idle) {
      const fits =
        (!isForOneModel || connection.model === model) &&
        (reuse === 'pool'
          ? connection.isReady || (request !== undefined && connection.canFollow(request))
          : connection.hasCapacity && request !== undefined && connection.continuesConversation(request));
      if (fits) return connection;
    }
    return undefined;
  }

  #lend(connection: Connection): Connection {
    this.#idle.delete(connection);
    this.#lent.add(connection);
    connection.reserve();
    return connection;
  }

  /** Frees a slot, and gives all free slots to waiting requests as far as their owners' shares allow. */
  #releaseSlot(owner: Owner): void {
    this.#slots.release(owner);
    const mayServe = (waiting: Owner): boolean => this.#slots.allows(waiting);
    const take = (waiting: Owner): void => this.#slots.take(waiting);
    const holdsNone = (waiting: Owner): boolean => this.#slots.held(waiting) === 0;
    while (this.#waiting.serve(take, mayServe, holdsNone));
  }

  /** Closes a connection whose slot another one uses. */
  #discard(connection: Connection): void {
    connection.close();
    this.#lent.delete(connection);
  }

  async #open(model: string, signal: AbortSignal): Promise<Connection> {
    const { options, clock, onOpen } = this.#context;
    const [oldest] = this.#idle;
    if (this.#slots.total + this.#idle.size > options.maxConnections) oldest?.close();
    const connection = await openConnection(
      this.#context,
      this.#reuse,
      model,
      AbortSignal.any([signal, this.#closing.signal]),
      { onClose: (closed, error) => this.#lost(closed, error) },
    );
    if (connection.endError !== undefined) throw connection.endError;
    this.#lent.add(connection);
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#onHeartbeat());
    onOpen?.();
    return connection;
  }

  /** Closes the connections that no request can use any more. */
  #closeUnusable(): void {
    for (const connection of [...this.#idle]) if (connection.unusableInMs === 0) connection.close();
  }

  #lost(connection: Connection, error: LlmError): void {
    if (!this.#lent.has(connection) && !this.#idle.delete(connection)) return;
    this.#context.onClose?.(error);
    this.#stopHeartbeat();
  }

  #onHeartbeat(): void {
    const { clock, options } = this.#context;
    this.#closeUnusable();
    const now = clock.now();
    for (const connection of [...this.#lent, ...this.#idle]) {
      if (this.#idle.has(connection) && now - connection.lastUsedAt >= options.idleCloseMs)
        connection.close();
      else connection.heartbeat();
    }
    this.#heartbeat?.refresh();
    this.#stopHeartbeat();
  }

  #stopHeartbeat(): void {
    if (this.#lent.size + this.#idle.size > 0) return;
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
  }
}
