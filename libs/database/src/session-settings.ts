import { type DatabaseOptions } from './database-options.js';

/** Times in milliseconds. */
type ServerTimeouts = Required<
  Pick<DatabaseOptions, 'statementTimeoutMs' | 'lockTimeoutMs' | 'idleInTransactionTimeoutMs'>
>;

/**
 * What every new connection is told first. Not by parameters of its start, as poolers refuse a connection for any that they
 * do not know.
 */
export function sessionSettings(timeouts: ServerTimeouts): string {
  const { statementTimeoutMs, lockTimeoutMs, idleInTransactionTimeoutMs } = timeouts;
  return `
    SET statement_timeout = ${Math.round(statementTimeoutMs)};
    SET lock_timeout = ${Math.round(lockTimeoutMs)};
    SET idle_in_transaction_session_timeout = ${Math.round(idleInTransactionTimeoutMs)}`;
}
