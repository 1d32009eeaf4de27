import { type DatabaseOptions } from './database-options.js';

/** The server's timeouts, in milliseconds. */
type ServerTimeouts = Required<
  Pick<DatabaseOptions, 'statementTimeoutMs' | 'lockTimeoutMs' | 'idleInTransactionTimeoutMs'>
>;

/**
 * Returns the SQL that sets the server's timeouts on a new connection. Startup parameters would not do, as poolers reject
 * connections with unknown ones.
 */
export function sessionSettings(timeouts: ServerTimeouts): string {
  const { statementTimeoutMs, lockTimeoutMs, idleInTransactionTimeoutMs } = timeouts;
  return `
    SET statement_timeout = ${Math.round(statementTimeoutMs)};
    SET lock_timeout = ${Math.round(lockTimeoutMs)};
    SET idle_in_transaction_session_timeout = ${Math.round(idleInTransactionTimeoutMs)}`;
}
