import pg from 'pg';
import { type RowScope, ScopedQuery } from './scoped-query.js';

/**
 * pg's client, except that it is over when it has given a statement up: the answer may still come, or never, and
 * whoever borrowed the connection next would wait behind it. TypeORM gives such a connection back as if it were good.
 *
 * And its errors never go unheard, which would end the process: a server that ends a connection in the moment in which it
 * is ready finds neither the pool listening any more nor yet whoever borrows it. A broken connection refuses every
 * statement, so nothing is missed.
 *
 * It can also limit statements to the rows of one scope: {@link queryWithin}, {@link within}.
 */
export class DatabaseClient extends pg.Client {
  /** Whether the server keeps statements under their names. */
  protected readonly preparesStatements: boolean = true;
  /** pg's own `query`. */
  readonly #send: (...given: unknown[]) => unknown;
  /** Undefined: statements see what the role of the connection may see. */
  #scope: RowScope | undefined;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    this.#send = this.query.bind(this);
    this.query = ((...given: unknown[]) =>
      this.#scope === undefined
        ? this.#endIfSilent(this.#send(...given))
        : this.queryWithin(this.#scope, configOf(given))) as typeof this.query;
  }

  /** Runs one statement that sees the rows of the scope alone, in one round trip. */
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
    this.#endIfSilent(running);
    return running;
  }

  /**
   * Limits every statement of `work` to the rows of the scope: for libraries that run statements by themselves. No
   * transactions inside, as each statement is one.
   */
  async within<Result>(scope: RowScope, work: () => Promise<Result>): Promise<Result> {
    this.#scope = scope;
    try {
      return await work();
    } finally {
      this.#scope = undefined;
    }
  }

  #endIfSilent(running: unknown): unknown {
    if (running instanceof Promise) {
      running.catch((error: Error) => {
        if (error.message === 'Query read timeout') this.end().catch(() => undefined);
      });
    }
    return running;
  }
}

/** The arguments of `query`: a text and its values, or an object that has both. */
function configOf([statement, values]: unknown[]): pg.QueryConfig {
  if (typeof statement === 'string') return { text: statement, values: (values ?? []) as unknown[] };
  return statement as pg.QueryConfig;
}
