import pg from 'pg';
import { DatabaseUnavailableError } from './database-errors.js';
import { isConnectionBroken, isReadOnly } from './error-classes.js';
import { watchProtocol } from './servers/foreign-protocol.js';
import { type PostgresServers, type ServerTarget } from './servers/postgres-servers.js';
import { type RowScope, ScopedQuery } from './scoped-query.js';

/** Options of {@link DatabaseClient}. */
export interface DatabaseClientConfig extends pg.ClientConfig {
  /** Finds the server to connect to, in place of `connectionString`. */
  servers?: PostgresServers | undefined;
}

/** Called when a connection is open, or with the error of connecting. */
type Connected = (error: Error | null, client?: pg.Client) => void;

/**
 * pg's client with these additions:
 * - With several servers in the URL, it connects to the one that accepts writes.
 * - Every error of connecting is a DatabaseUnavailableError: a login that is refused now may be accepted later.
 * - It closes after errors that leave the connection unusable, and when a statement's `query_timeout` expires: the response may
 *   still arrive, and the next user of the connection would wait behind it. TypeORM returns such a connection to the pool as if
 *   it were usable.
 * - It always has an `error` listener, as an unhandled `error` event ends the process. If the server closes a connection
 *   at the moment it becomes ready, neither the pool nor the borrower listens. No error is lost: a broken connection
 *   rejects every statement.
 * - It can limit statements to the rows of one scope: {@link queryWithin}, {@link within}.
 */
export class DatabaseClient extends pg.Client {
  /** Whether statements are prepared on the server under their names. */
  protected readonly preparesStatements: boolean = true;
  /** pg's own `query`. */
  readonly #send: (...given: unknown[]) => unknown;
  /** Undefined: statements see the rows that the connection's role may see. */
  #scope: RowScope | undefined;

  readonly #servers: PostgresServers | undefined;
  #epoch: number | undefined;

  constructor(config: DatabaseClientConfig = {}) {
    const { servers } = config;
    super(servers === undefined ? config : { ...config, connectionString: servers.firstUrl });
    this.#servers = servers;
    this.on('error', () => undefined);
    this.#send = this.query.bind(this);
    this.query = ((...given: unknown[]) =>
      this.#scope === undefined
        ? this.#endIfBroken(this.#send(...given))
        : this.queryWithin(this.#scope, configOf(given))) as typeof this.query;
  }

  /** Whether its server turned out to be read-only: it must be closed. */
  get isOutdated(): boolean {
    return this.#epoch !== this.#servers?.epoch;
  }

  /** Connects. @throws DatabaseUnavailableError for every failure */
  override connect(): Promise<pg.Client>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.Client> | void {
    const connecting = this.#connect();
    if (callback === undefined) return connecting;
    connecting.then((client) => callback(null, client), callback);
  }

  async #connect(): Promise<pg.Client> {
    try {
      const target = await this.#servers?.find();
      this.#epoch = this.#servers?.epoch;
      if (target !== undefined) this.#aimAt(target);
      await watchProtocol(this, () => super.connect());
      this.#register();
      return this;
    } catch (error) {
      this.#servers?.connectFailed();
      throw new DatabaseUnavailableError(error);
    }
  }

  #register(): void {
    const { stream } = (this as unknown as { connection: { stream: { destroy(): void } } }).connection;
    const connection = { abort: () => stream.destroy() };
    this.#servers?.opened(connection);
    this.once('end', () => this.#servers?.closed(connection));
  }

  /** Sets what pg reads when it connects. */
  #aimAt({ host, port, hasTls }: ServerTarget): void {
    this.host = host;
    this.port = port;
    if (hasTls) return;
    const { connection } = this as unknown as { connection: object };
    Object.assign(this, { ssl: false });
    Object.assign(connection, { ssl: false });
  }

  /** Runs one statement that sees only the rows of the scope, in one round trip. */
  queryWithin<Row extends pg.QueryResultRow>(
    scope: RowScope,
    config: pg.QueryConfig,
  ): Promise<pg.QueryResult<Row>> {
    const running = new Promise<pg.QueryResult<Row>>((resolve, reject) => {
      this.#send(
        new ScopedQuery(config, scope, this.preparesStatements, (error, result) => {
          if (error) reject(error);
          else resolve(result as pg.QueryResult<Row>);
        }),
      );
    });
    this.#endIfBroken(running);
    return running;
  }

  /**
   * Limits every statement of `work` to the rows of the scope: for libraries that run statements themselves. Each
   * statement is its own transaction, so `work` must not begin one.
   */
  async within<Result>(scope: RowScope, work: () => Promise<Result>): Promise<Result> {
    this.#scope = scope;
    try {
      return await work();
    } finally {
      this.#scope = undefined;
    }
  }

  #endIfBroken(running: unknown): unknown {
    if (running instanceof Promise) {
      running.catch((error: Error) => {
        if (!isConnectionBroken(error)) return;
        if (isReadOnly(error) && this.#epoch !== undefined) this.#servers?.becameReadOnly(this.#epoch);
        this.end().catch(() => undefined);
      });
    }
    return running;
  }
}

/** Converts the arguments of `query`, a text and its values or one object with both. */
function configOf([statement, values]: unknown[]): pg.QueryConfig {
  if (typeof statement === 'string') return { text: statement, values: (values ?? []) as unknown[] };
  return statement as pg.QueryConfig;
}
