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
 * Statements on behalf of one owner. PostgreSQL hides every row of other owners from them (row-level security), whatever
 * the statement says. Their connections count as the owner's (`FairPool`).
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
   * TypeORM's repository of an entity, on one connection for as long as `work` takes. No transactions inside.
   * @throws what TypeORM throws
   */
  repository<Entity extends ObjectLiteral, Result>(
    entity: EntityTarget<Entity>,
    work: (repository: Repository<Entity>) => Promise<Result>,
  ): Promise<Result> {
    return runAs(this.#owner, () => this.#database.repositoryWithin(this.#owner, entity, work));
  }
}
