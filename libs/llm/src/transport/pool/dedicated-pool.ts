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
import { type Pool, type PoolState } from './pool.js';
import { refusal } from './refusal.js';
import { WaitQueue } from './wait-queue.js';

/**
 * The connections to an endpoint where not every connection can carry every request: each is opened for one request,
 * and kept only for those that go on from what was said on it, or that want the model of its address.
 */
export class DedicatedPool implements Pool {
  readonly #context: PoolContext;
  readonly #rules: ConnectionRules;
  readonly #reuse: EndpointReuse;
  readonly #lent = new Set<Connection>();
  /** Those unused for longest come first. */
  readonly #kept = new Set<Connection>();
  /** Requests that wait until fewer connections are lent. */
  readonly #waiting = new WaitQueue<void>();
  readonly #closing = new AbortController();
  /** Connections that are in use or being opened, by owner. */
  readonly #places: FairShares;
  #heartbeat: Timer | undefined;

  constructor(context: PoolContext) {
    this.#context = context;
    this.#rules = rulesOf(context.protocol);
    this.#places = new FairShares(() => context.options.maxConnections, context.options.ownerShare);
    this.#reuse = reuseOf(context, () => this.#closeSpent());
  }

  get state(): PoolState {
    return {
      connections: this.#lent.size + this.#kept.size,
      connecting: this.#places.total - this.#lent.size,
      inFlight: this.#lent.size,
      queued: this.#waiting.size,
      ...this.#reuse.state,
    };
  }

  refusalFor(owner?: string): LlmQueueFullError | undefined {
    if (this.#places.allows(owner)) return undefined;
    const { address, options } = this.#context;
    const hasRoom = this.#places.total < options.maxConnections;
    const waiting = this.#waiting;
    return refusal({ endpoint: address.name, waiting, coming: 0, ownComing: 0, hasRoom }, owner, options);
  }

  async acquire(signal: AbortSignal, request?: LlmRequest): Promise<Connection> {
    signal.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    const owner = request?.owner;
    const refused = this.refusalFor(owner);
    if (refused !== undefined) throw refused;
    if (this.#places.allows(owner)) this.#places.take(owner);
    else await this.#waiting.wait(signal, owner);
    try {
      const connection =
        this.#fitting(request) ?? (await this.#open(request?.model ?? this.#context.model, signal));
      return this.#lend(connection);
    } catch (error) {
      this.#giveUpPlace(owner);
      throw error;
    }
  }

  tryAcquire(request: LlmRequest): Connection | undefined {
    if (!this.#places.allows(request.owner)) return undefined;
    const connection = this.#fitting(request);
    if (connection === undefined) return undefined;
    this.#places.take(request.owner);
    return this.#lend(connection);
  }

  release(connection: Connection, request?: LlmRequest): void {
    const { reuse } = this.#rules;
    if (reuse === 'answer' || (reuse === 'conversation' && !connection.hasMemory)) connection.close();
    this.#lent.delete(connection);
    if (connection.isOpen) this.#kept.add(connection);
    connection.free();
    this.#closeSpent();
    this.#stopBeating();
    this.#giveUpPlace(request?.owner);
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.#lent.size + this.#kept.size === 0) this.release(await this.acquire(signal));
  }

  close(): void {
    const reason = new LlmCancelledError('the pool is closed');
    this.#closing.abort(reason);
    this.#waiting.turnAllAway(reason);
    for (const connection of [...this.#lent, ...this.#kept]) connection.close();
  }

  #fitting(request: LlmRequest | undefined): Connection | undefined {
    const { reuse, isForOneModel } = this.#rules;
    const model = request?.model ?? this.#context.model;
    for (const connection of this.#kept) {
      const fits =
        (!isForOneModel || connection.model === model) &&
        (reuse === 'pool'
          ? connection.isReady || (request !== undefined && connection.canFollow(request))
          : connection.hasRoom && request !== undefined && connection.remembers(request));
      if (fits) return connection;
    }
    return undefined;
  }

  #lend(connection: Connection): Connection {
    this.#kept.delete(connection);
    this.#lent.add(connection);
    connection.reserve();
    return connection;
  }

  /** Gives this slot, and others that are free by now, to waiting requests whose owners' shares allow it. */
  #giveUpPlace(owner: Owner): void {
    this.#places.release(owner);
    const mayServe = (waiting: Owner): boolean => this.#places.allows(waiting);
    const take = (waiting: Owner): void => this.#places.take(waiting);
    const holdsNone = (waiting: Owner): boolean => this.#places.held(waiting) === 0;
    while (this.#waiting.serve(take, mayServe, holdsNone));
  }

  async #open(model: string, signal: AbortSignal): Promise<Connection> {
    const { options, clock, onOpen } = this.#context;
    const [oldest] = this.#kept;
    if (this.#places.total + this.#kept.size > options.maxConnections) oldest?.close();
    const connection = await openConnection(
      this.#context,
      this.#reuse,
      model,
      AbortSignal.any([signal, this.#closing.signal]),
      { onClose: (closed, error) => this.#lost(closed, error) },
    );
    if (connection.closedBy !== undefined) throw connection.closedBy;
    this.#lent.add(connection);
    this.#heartbeat ??= clock.timer(options.heartbeatMs, () => this.#beat());
    onOpen?.();
    return connection;
  }

  /** Closes the connections that no request can use any more. */
  #closeSpent(): void {
    for (const connection of [...this.#kept]) if (connection.spentInMs === 0) connection.close();
  }

  #lost(connection: Connection, error: LlmError): void {
    if (!this.#lent.has(connection) && !this.#kept.delete(connection)) return;
    this.#context.onClose?.(error);
    this.#stopBeating();
  }

  #beat(): void {
    const { clock, options } = this.#context;
    this.#closeSpent();
    const now = clock.now();
    for (const connection of [...this.#lent, ...this.#kept]) {
      if (this.#kept.has(connection) && now - connection.lastUsedAt >= options.idleCloseMs)
        connection.close();
      else connection.beat();
    }
    this.#heartbeat?.refresh();
    this.#stopBeating();
  }

  #stopBeating(): void {
    if (this.#lent.size + this.#kept.size > 0) return;
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
  }
}
