import { createClient } from './create-client.js';
import { serversOf } from './data-source-options.js';
import { type DatabaseClient } from './database-client.js';
import { PreparedStatementsError } from './database-errors.js';
import { isUnavailable } from './error-classes.js';

/** Timeout of each step behind a pooler, in ms: it may have no free connection. */
const stepMs = 1_000;
/** How many connections of the pooler are held. It hands out the one that was used last, or takes turns. */
const heldConnections = 3;

/**
 * Checks that a prepared statement is still there in the next transaction. Behind a pooler that shares connections between
 * transactions and does not keep prepared statements, it is not. PostgreSQL itself is recognized by one statement.
 * @throws PreparedStatementsError
 */
export async function checkPreparedStatements(url: string): Promise<void> {
  const servers = serversOf({ url });
  const create = () => createClient({ servers, applicationName: 'parley start', queryTimeoutMs: stepMs });
  const client = create();
  const others = Array.from({ length: heldConnections }, create);
  try {
    try {
      await client.connect();
      if (!(await isBehindPooler(client))) return;
      await client.query(statement);
    } catch (error) {
      // Nothing is known, and the pool reports an outage better.
      if (isUnavailable(error)) return;
      throw error;
    }
    // A pooler without a free connection lets them wait: then nothing is known.
    await Promise.allSettled(others.map((other) => other.connect().then(() => other.query('BEGIN'))));
    await client.query(statement).catch((error: unknown) => {
      if (isStatementLost(error)) throw new PreparedStatementsError();
    });
  } finally {
    await Promise.allSettled([client, ...others].map((each) => each.end()));
  }
}

const statement = { name: 'parley_check', text: 'SELECT 1' };

/** A pooler invents the process id that it announces at the login. */
async function isBehindPooler(client: DatabaseClient): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid !== (client as unknown as { processID: number | null }).processID;
}

function isStatementLost(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '26000' || code === '42P05';
}
