import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Pool, type PoolClient, type QueryResultRow } from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { type PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { queryWithSignal } from './cancellable-query.js';
import { createClient } from './create-client.js';
import { type DatabaseClient } from './database-client.js';
import { ControlConnection } from './pool/control-connection.js';
import { DatabaseUnavailableError } from './database-errors.js';
import { isConnectionBroken, toDatabaseError, toStatementError } from './error-classes.js';
import { type PostgresServers, ReadOnlyServerError } from './servers/postgres-servers.js';
import { isReadOnlyQuery } from './servers/probe-server.js';
import { OwnerDatabase } from './owner-database.js';
import { runStatement } from './run-statement.js';
import { type RowScope } from './scoped-query.js';
import {
  type ScopedStatements,
  type Statement,
  type StatementRunner,
  type Transaction,
} from './statement.js';

/**
 * Prepared statements on TypeORM's pool, for paths where a round trip or a microsecond matters. All methods throw
 * DatabaseUnavailableError if the database caused the error, else the driver's error.
 */
@Injectable()
export class Database implements StatementRunner, ScopedStatements, OnApplicationShutdown {
  readonly #control = new ControlConnection(() => controlClient(this.#dataSource));

  readonly #dataSource: DataSource;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Closes the control connection. TypeORM closes the pool. */
  onApplicationShutdown(): void {
    this.#control.close();
  }

  /** The client-side timeout for a response, in ms. */
  get answerTimeoutMs(): number {
    return (this.#dataSource.options.extra as { query_timeout: number }).query_timeout;
  }

  /**
   * Runs one prepared statement and returns its rows. Aborting the signal rejects at once with its reason and cancels the
   * statement on the server; it may still have taken effect.
   *
   * With `rowSecurity` it sees no rows; use {@link forOwner} or `SystemDatabase`.
   */
  query<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    return this.queryWithin<Row>(this.#plainScope, statement, values, signal);
  }

  /** Returns a runner whose statements see only the rows of one owner. @throws RangeError for an empty name */
  forOwner(owner: string): OwnerDatabase {
    if (owner === '') throw new RangeError('The name of an owner must not be empty.');
    return new OwnerDatabase(this, owner);
  }

  /** {@link query} for the rows of a scope. Prefer {@link forOwner} and `SystemDatabase`. */
  async queryWithin<Row extends QueryResultRow>(
    scope: RowScope | undefined,
    statement: Statement,
    values: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    signal?.throwIfAborted();
    try {
      if (signal)
        return await queryWithSignal<Row>(this.#pool, this.#cancel, statement, values, signal, scope);
      return await this.#withClient((client) =>
        runStatement<Row>(client, statement, values, scope).catch((error: unknown) => {
          throw toStatementError(error);
        }),
      );
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** Calls `work` with TypeORM's repository of an entity, on one connection whose statements see only the rows of the scope. */
  async repositoryWithin<Entity extends ObjectLiteral, Result>(
    scope: RowScope,
    entity: EntityTarget<Entity>,
    work: (repository: Repository<Entity>) => Promise<Result>,
  ): Promise<Result> {
    const runner = this.#dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as DatabaseClient;
      return await client.within(scope, () => work(runner.manager.getRepository(entity)));
    } finally {
      await runner.release();
    }
  }

  /** Runs `work` between BEGIN and COMMIT on one connection; rolls back if it throws. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.transactionWithin(this.#plainScope, work);
  }

  /** {@link transaction} for the rows of a scope. */
  async transactionWithin<Result>(
    scope: RowScope | undefined,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result> {
    let isCommitting = false;
    try {
      return await this.#withClient(async (client) => {
        await client.query('BEGIN');
        try {
          const result = await work({
            query: (statement, values) => runStatement(client, statement, values, scope),
          });
          isCommitting = true;
          await client.query('COMMIT');
          return result;
        } catch (error) {
          if (!isConnectionBroken(error)) await rollBack(client, error);
          throw isCommitting ? toStatementError(error) : error;
        }
      });
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /**
   * Resolves if PostgreSQL responds within `timeoutMs` and accepts writes. Uses a dedicated connection: a pool without a
   * free connection, or statements that wait for locks, do not mean that PostgreSQL is unavailable.
   * @throws DatabaseUnavailableError for every failure
   */
  async ping(timeoutMs: number): Promise<void> {
    try {
      const [row] = await this.#control.query<{ is_read_only: boolean }>(isReadOnlyQuery, [], timeoutMs);
      if (row?.is_read_only !== false) throw new ReadOnlyServerError();
    } catch (error) {
      // Another connection may lead to another server, or have other settings.
      if (error instanceof ReadOnlyServerError) this.#control.close();
      throw new DatabaseUnavailableError(error);
    }
  }

  /** The scope of statements without an owner. */
  get #plainScope(): RowScope | undefined {
    return (this.#dataSource.options.extra as { row_security?: boolean }).row_security ? '' : undefined;
  }

  readonly #cancel = (processId: number): Promise<unknown> =>
    this.#control.query('SELECT pg_cancel_backend($1)', [processId], cancelTimeoutMs);

  get #pool(): Pool {
    // TypeORM's pool, which its driver names `master`; undefined before it is connected and after it is closed.
    const { master } = this.#dataSource.driver as unknown as { master?: Pool };
    if (master === undefined) throw new DatabaseUnavailableError(new Error('not connected'));
    return master;
  }

  async #withClient<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    // An `error` event without a listener would end the process.
    client.on('error', ignore);
    let broken = false;
    try {
      return await use(client);
    } catch (error) {
      broken = isConnectionBroken(error) || error instanceof RollbackFailedError;
      throw error instanceof RollbackFailedError ? error.cause : error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

/** Upper bound for canceling a statement, in ms; after that, `statement_timeout` ends it. */
const cancelTimeoutMs = 1_000;

/** A client for the control connection, to the server that the pool uses. */
function controlClient({ options }: DataSource): DatabaseClient {
  const { servers } = options.extra as { servers: PostgresServers };
  const { connectTimeoutMS: connectTimeoutMs } = options as PostgresDataSourceOptions;
  return createClient({ servers, applicationName: 'parley control', connectTimeoutMs });
}

/** A failed ROLLBACK: the connection must be closed. `cause` is the error that caused the rollback. */
class RollbackFailedError extends Error {}

async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  await client.query('ROLLBACK').catch(() => {
    throw new RollbackFailedError('rollback failed', { cause });
  });
}

function ignore(): void {
  // The running query rejects with the same error.
}
