import type { ClientBase, QueryResultRow } from 'pg';
import { DatabaseClient } from './database-client.js';
import { type RowScope } from './scoped-query.js';

/**
 * Runs one prepared statement on a connection and returns its rows.
 * @param scope the rows that it sees; undefined: the rows that the connection's role may see
 * @throws TypeError for a scope on a client other than {@link DatabaseClient}, before the statement runs
 */
export async function runStatement<Row extends QueryResultRow>(
  client: ClientBase,
  statement: { name: string; text: string },
  values: readonly unknown[],
  scope: RowScope | undefined,
): Promise<Row[]> {
  const config = { ...statement, values: [...values] };
  if (scope === undefined) return (await client.query<Row>(config)).rows;
  if (!(client instanceof DatabaseClient))
    throw new TypeError('This connection cannot limit statements to a scope.');
  return (await client.queryWithin<Row>(scope, config)).rows;
}
