import pg from 'pg';

/** How to run one statement. */
export interface QueryOptions {
  values?: unknown[];
  /** Bounds the connection and the statement, each, in ms. Default: 10 s for the connection, no bound for the statement. */
  timeoutMs?: number;
}

/** Runs one statement on a connection of its own. @returns its rows */
export async function queryOnce<Row extends pg.QueryResultRow = Record<string, unknown>>(
  url: string,
  text: string,
  { values = [], timeoutMs }: QueryOptions = {},
): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs ?? 10_000,
    ...(timeoutMs === undefined ? {} : { query_timeout: timeoutMs }),
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Without values as one simple query, which may have several statements.
    return (await (values.length > 0 ? client.query<Row>(text, values) : client.query<Row>(text))).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The address of another database on the same server, with the same user. */
export function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}
