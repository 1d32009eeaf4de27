import { defaultShare, FairGate, type Owner, type Refusal } from '#fairness';
import pg from 'pg';
import { DatabaseClient } from '../database-client.js';
import { DatabaseOverloadedError, OwnerLimitError } from '../database-errors.js';
import { type PostgresServers } from '../servers/postgres-servers.js';
import { callingOwner } from './calling-owner.js';

/** Options of {@link FairPool}. */
export interface FairPoolOptions extends pg.PoolConfig {
  /** The fraction (0 to 1) of the connections, and of the queue, that an owner may hold while no other owner holds any. */
  ownerShare?: number;
  /** Asked for the server that accepts writes when no connection is returned in time: theirs may not answer any more. */
  servers?: PostgresServers;
}

/** Upper bound of callers of all owners that wait for a connection. */
const maxWaitingForConnections = 1_000;

type Callback = (
  error: Error | undefined,
  client?: pg.PoolClient,
  release?: (broken?: unknown) => void,
) => void;

/**
 * pg's pool with fair sharing between owners (`runAs`): one owner never holds all connections, and waiting callers are
 * served round robin by owner. Waiting for a slot, and then connecting, each take at most `connectionTimeoutMillis`.
 *
 * `connect` throws OwnerLimitError or DatabaseOverloadedError if too many callers wait, else pg's own errors.
 */
export class FairPool extends pg.Pool {
  readonly #gate: FairGate;
  readonly #holders = new WeakMap<object, Owner>();
  /** Connections that are closed instead of handed out: they hold no slot. */
  readonly #outdated = new WeakSet<object>();
  readonly #timeoutMs: number;
  readonly #servers: PostgresServers | undefined;

  constructor(options: FairPoolOptions = {}) {
    super(options);
    const share = options.ownerShare ?? defaultShare;
    this.#timeoutMs = options.connectionTimeoutMillis ?? 0;
    this.#servers = options.servers;
    this.#gate = new FairGate({
      slots: this.options.max,
      share,
      maxWaiting: maxWaitingForConnections,
      waitingShare: share,
      refuse,
    });
    this.on('release', (_, client) => {
      if (!this.#outdated.has(client)) this.#gate.leave(this.#holders.get(client));
    });
  }

  /** Number of callers that wait for a connection. */
  get waitingCallers(): number {
    return this.#gate.waiting;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    const connecting = this.#connect(callingOwner());
    if (callback === undefined) return connecting;
    connecting.then(
      (client) => callback(undefined, client, (broken) => client.release(broken as boolean)),
      (error: Error) => callback(error),
    );
  }

  async #connect(owner: Owner): Promise<pg.PoolClient> {
    if (!this.#gate.tryEnter(owner)) await this.#wait(owner);
    try {
      const client = await this.#connectUpToDate();
      this.#holders.set(client, owner);
      return client;
    } catch (error) {
      this.#gate.leave(owner);
      throw error;
    }
  }

  /** Closes idle connections to a server that became read-only. The pool has at most `max` of them. */
  async #connectUpToDate(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.connect();
      if (!(client instanceof DatabaseClient && client.isOutdated)) return client;
      this.#outdated.add(client);
      client.release(true);
    }
  }

  async #wait(owner: Owner): Promise<void> {
    if (this.#timeoutMs === 0) return this.#gate.enter(owner);
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error('timeout exceeded when trying to connect'));
      this.#servers?.find().catch(() => undefined);
    }, this.#timeoutMs);
    try {
      await this.#gate.enter(owner, timeout.signal);
    } finally {
      clearTimeout(timer);
    }
  }
}

function refuse(reason: Refusal): Error {
  return reason === 'owner' ? new OwnerLimitError() : new DatabaseOverloadedError(maxWaitingForConnections);
}
