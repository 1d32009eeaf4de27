import pg from 'pg';
import { type RowScope, ScopedQuery } from './scoped-query.js';

/**
 * pg's client with three additions:
 * - It closes when a statement's `query_timeout` expires. The response may still arrive, and the next user of the
 *   connection would wait behind it; TypeORM returns such a connection to the pool as if it were usable.
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

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    this.#send = this.query.bind(this);
    this.query = ((...given: unknown[]) =>
      this.#scope === undefined
        ? this.#endAfterTimeout(this.#send(...given))
        : this.queryWithin(this.#scope, configOf(given))) as typeof this.query;
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
    this.#endAfterTimeout(running);
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

  #endAfterTimeout(running: unknown): unknown {
    if (running instanceof Promise) {
      running.catch((error: Error) => {
        if (error.message === 'Query read timeout') this.end().catch(() => undefined);
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
