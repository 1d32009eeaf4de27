import { DatabaseClient, type DatabaseClientConfig } from './database-client.js';

/**
 * Runs every statement without its name, so that nothing stays prepared on the server: for poolers that share connections
 * between transactions and do not support prepared statements.
 */
export class UnpreparedClient extends DatabaseClient {
  protected override readonly preparesStatements: boolean = false;

  constructor(config?: DatabaseClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...given: unknown[]) => unknown;
    const unnamed = (statement: unknown, ...rest: unknown[]): unknown =>
      query(withoutName(statement), ...rest);
    this.query = unnamed as typeof this.query;
  }
}

/** Removes the name of a query config. Strings and `Submittable` objects have none. */
function withoutName(statement: unknown): unknown {
  const isNamed = typeof statement === 'object' && statement !== null && 'name' in statement;
  return isNamed ? { ...statement, name: undefined } : statement;
}
