import { Injectable } from '@nestjs/common';
import { type QueryResultRow } from 'pg';
import { Database } from './database.js';
import { type Statement, type StatementRunner } from './statement.js';

/**
 * Runs statements of the server itself, which see the rows of every owner: leases, batches of several owners, retention.
 * Requests of one owner must use `Database.forOwner`.
 */
@Injectable()
export class SystemDatabase implements StatementRunner {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As `Database.answerTimeoutMs`. */
  get answerTimeoutMs(): number {
    return this.#database.answerTimeoutMs;
  }

  /** As `Database.query`. */
  query<Row extends QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    return this.#database.queryWithin<Row>(null, statement, values, signal);
  }
}
