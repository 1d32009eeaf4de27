import type pg from 'pg';
import { DatabaseClient } from './database-client.js';

/**
 * Runs every statement without its name: for poolers that give each transaction another connection of the server and do
 * not know what was prepared on the one before.
 */
export class UnpreparedClient extends DatabaseClient {
  protected override readonly preparesStatements: boolean = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    const unnamed = (statement: unknown, ...rest: unknown[]): unknown =>
      query(withoutName(statement), ...rest);
    this.query = unnamed as typeof this.query;
  }
}

/** A text, or something that submits itself, has no name to begin with. */
function withoutName(statement: unknown): unknown {
  const isNamed = typeof statement === 'object' && statement !== null && 'name' in statement;
  return isNamed ? { ...statement, name: undefined } : statement;
}
