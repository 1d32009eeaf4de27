import { defaultShare } from '#fairness';

/** Injection token of the {@link DatabaseOptions}. */
export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

/** Options of {@link DatabaseModule}; times in milliseconds. */
export interface DatabaseOptions {
  /** postgres://user:password@host:port/name. A secret: never logged. */
  url: string;
  /** Upper bound of connections in the pool. Default 10. */
  poolSize?: number;
  /**
   * The fraction (0 to 1) of the connections, and of the places in the queue for one, that an owner may hold while no
   * other owner holds any.
   */
  ownerShare?: number;
  /** Timeout for waiting for and opening a connection. Default 5,000. */
  connectTimeoutMs?: number;
  /** Client-side timeout for a response. Above the statement timeout, so that it fires only if the server is silent. Default 15,000. */
  queryTimeoutMs?: number;
  /** `statement_timeout` of the server. Default 10,000. */
  statementTimeoutMs?: number;
  /** `lock_timeout` of the server. Default 5,000. */
  lockTimeoutMs?: number;
  /** `idle_in_transaction_session_timeout` of the server. Default 10,000. */
  idleInTransactionTimeoutMs?: number;
  /**
   * Whether statements are prepared under their names, which saves the server parsing and planning. Must be false behind a
   * pooler that shares connections between transactions, unless it supports prepared statements. Default true.
   */
  preparesStatements?: boolean;
  /**
   * Whether statements without an owner see no rows: for a schema that `enableRowSecurity` was applied to. `forOwner` and
   * `SystemDatabase` always need such a schema. Default false.
   */
  rowSecurity?: boolean;
  /** Upper bound of connection attempts at start, one second apart. Default 10. */
  connectAttempts?: number;
  /** Called when an idle connection breaks. The pool replaces it. */
  onConnectionError?: (error: Error) => void;
}

/** Defaults of {@link DatabaseOptions}. */
export const databaseDefaults = {
  poolSize: 10,
  ownerShare: defaultShare,
  connectTimeoutMs: 5_000,
  queryTimeoutMs: 15_000,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 10_000,
  preparesStatements: true,
  rowSecurity: false,
  connectAttempts: 10,
} as const;

/**
 * All timeouts for a database that must respond within a given time, in the proportions of the defaults: the server's
 * timeouts fire before the client's, so that errors name the cause.
 * @param ms the client-side timeout for a response
 */
export function timeoutsWithin(
  ms: number,
): Required<
  Pick<
    DatabaseOptions,
    | 'connectTimeoutMs'
    | 'queryTimeoutMs'
    | 'statementTimeoutMs'
    | 'lockTimeoutMs'
    | 'idleInTransactionTimeoutMs'
  >
> {
  const part = (defaultMs: number) => Math.ceil((ms * defaultMs) / databaseDefaults.queryTimeoutMs);
  return {
    connectTimeoutMs: part(databaseDefaults.connectTimeoutMs),
    queryTimeoutMs: part(databaseDefaults.queryTimeoutMs),
    statementTimeoutMs: part(databaseDefaults.statementTimeoutMs),
    lockTimeoutMs: part(databaseDefaults.lockTimeoutMs),
    idleInTransactionTimeoutMs: part(databaseDefaults.idleInTransactionTimeoutMs),
  };
}
