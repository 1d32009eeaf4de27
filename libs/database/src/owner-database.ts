import { type QueryResultRow } from 'pg';
import { type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { runAs } from './pool/calling-owner.js';
import {
  type ScopedStatements,
  type Statement,
  type StatementRunner,
  type Transaction,
} from './statement.js';

/**
 * Runs statements on behalf of one owner. Row-level security hides the rows of other owners, whatever the statement. The
 * connections count toward the owner's share (`FairPool`).
 */
export class OwnerDatabase implements StatementRunner {
  readonly #database: ScopedStatements;
  readonly #owner: string;

  constructor(database: ScopedStatements, owner: string) {
    this.#database = database;
    this.#owner = owner;
  }

  /** As `Database.query`. */
  query<Row extends QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    return runAs(this.#owner, () => this.#database.queryWithin<Row>(this.#owner, statement, values, signal));
  }

  /** As `Database.transaction`. */
  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return runAs(this.#owner, () => this.#database.transactionWithin(this.#owner, work));
  }

  /**
   * Calls `work` with TypeORM's repository of an entity, on one connection. `work` must not begin a transaction.
   * @throws errors of TypeORM
   */
  repository<Entity extends ObjectLiteral, Result>(
    entity: EntityTarget<Entity>,
    work: (repository: Repository<Entity>) => Promise<Result>,
  ): Promise<Result> {
    return runAs(this.#owner, () => this.#database.repositoryWithin(this.#owner, entity, work));
  }
}
