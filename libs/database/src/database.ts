import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg, { type Pool, type PoolClient, type QueryResultRow } from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { type PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { queryWithSignal } from './cancellable-query.js';
import { type DatabaseClient } from './database-client.js';
import { ControlConnection } from './pool/control-connection.js';
import {
  DatabaseUnavailableError,
  isConnectionBroken,
  toDatabaseError,
  toStatementError,
} from './database-errors.js';
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
 * Raw statements on the connections that TypeORM uses, for the paths where a round trip or a microsecond counts.
 * Everything here throws DatabaseUnavailableError if the database is to blame, else the driver's own error.
 */
@Injectable()
export class Database implements StatementRunner, ScopedStatements, OnApplicationShutdown {
  readonly #control = new ControlConnection(() => controlClient(this.#dataSource));

  readonly #dataSource: DataSource;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /** Closes the connection beside the pool. */
  onApplicationShutdown(): void {
    this.#control.close();
  }

  /** Milliseconds after which an answer is given up: nobody should wait for the database for much longer. */
  get answerTimeoutMs(): number {
    return (this.#dataSource.options.extra as { query_timeout: number }).query_timeout;
  }

  /**
   * Runs one prepared statement and returns its rows. Aborting the signal rejects at once with its reason and cancels
   * the statement on the server; whether it had taken effect is then unknown.
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

  /** Statements that see the rows of one owner alone. @throws RangeError for an empty name, which is never an owner */
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

  /** TypeORM's repository of an entity, on one connection whose statements see the rows of the scope alone. */
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
   * Resolves if PostgreSQL responds within that time and accepts writes. Uses a dedicated connection: a pool without a
   * free connection, or statements that wait for locks, do not mean that PostgreSQL is unavailable.
   * @throws DatabaseUnavailableError, whatever the reason
   */
  async ping(timeoutMs: number): Promise<void> {
    try {
      const [row] = await this.#control.query<{ is_read_only: boolean }>(isReadOnly, [], timeoutMs);
      if (row?.is_read_only !== false) throw new ReadOnlyServerError();
    } catch (error) {
      throw new DatabaseUnavailableError(error);
    }
  }

  /** The scope of statements that declare no owner. */
  get #plainScope(): RowScope | undefined {
    return (this.#dataSource.options.extra as { row_security?: boolean }).row_security ? '' : undefined;
  }

  readonly #cancel = (processId: number): Promise<unknown> =>
    this.#control.query('SELECT pg_cancel_backend($1)', [processId], cancelTimeoutMs);

  get #pool(): Pool {
    // TypeORM's own pool; its driver calls it `master`, and has none before it is connected and after it is closed.
    const { master } = this.#dataSource.driver as unknown as { master?: Pool };
    if (master === undefined) throw new DatabaseUnavailableError(new Error('not connected'));
    return master;
  }

  async #withClient<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    // A connection that breaks while it is lent says so by an event that would end the process if nobody listened.
    client.on('error', ignore);
    let broken = false;
    try {
      return await use(client);
    } catch (error) {
      broken = isConnectionBroken(error) || error instanceof RollbackFailed;
      throw error instanceof RollbackFailed ? error.cause : error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

/** Longest time to cancel a statement, in ms; after that, its own time limit ends it. */
const cancelTimeoutMs = 1_000;

/** A standby during recovery, and a server that was made read-only. */
const isReadOnly = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only`;

/** PostgreSQL's own code for a write on a read-only server. */
class ReadOnlyServerError extends Error {
  readonly code = '25006';

  constructor() {
    super('the server accepts no writes');
  }
}

/** A client with the pool's address, credentials and time limits, for the connection beside it. */
function controlClient({ options }: DataSource): pg.Client {
  const { url, connectTimeoutMS } = options as PostgresDataSourceOptions;
  return new pg.Client({
    connectionString: url,
    ...(connectTimeoutMS === undefined ? {} : { connectionTimeoutMillis: connectTimeoutMS }),
    application_name: 'parley control',
    keepAlive: true,
  });
}

/** Carries the error that made us roll back out to where the connection is thrown away. */
class RollbackFailed extends Error {}

async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  await client.query('ROLLBACK').catch(() => {
    throw new RollbackFailed('rollback failed', { cause });
  });
}

function ignore(): void {
  // The query under way rejects with the same error.
}
