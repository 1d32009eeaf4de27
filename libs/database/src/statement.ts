import { type QueryResultRow } from 'pg';
import { type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { type RowScope } from './scoped-query.js';

/** A prepared statement: PostgreSQL parses and plans it once per connection. A name must always have the same text. */
export interface Statement {
  name: string;
  text: string;
}

/** Runs prepared statements; the implementation decides which rows they see. */
export interface StatementRunner {
  query<Row extends QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Row[]>;
}

/** Runs statements in one transaction. */
export interface Transaction {
  query<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

/** Runs statements that see only the rows of a scope; undefined: the rows that the connection's role may see. */
export interface ScopedStatements {
  queryWithin<Row extends QueryResultRow>(
    scope: RowScope | undefined,
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Row[]>;
  transactionWithin<Result>(
    scope: RowScope | undefined,
    work: (transaction: Transaction) => Promise<Result>,
  ): Promise<Result>;
  repositoryWithin<Entity extends ObjectLiteral, Result>(
    scope: RowScope,
    entity: EntityTarget<Entity>,
    work: (repository: Repository<Entity>) => Promise<Result>,
  ): Promise<Result>;
}
