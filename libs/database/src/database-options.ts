import { defaultShare } from '#fairness';

/** Injection token of the {@link DatabaseOptions}. */
export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

/** How to reach PostgreSQL and how long to wait for it. Times in milliseconds. */
export interface DatabaseOptions {
  /** postgres://user:password@host:port/name. A secret: never logged. */
  url: string;
  /** Connections at most. */
  poolSize?: number;
  /**
   * The part of the connections, and of the callers that wait for one, that one owner may hold while no other owner
   * holds any.
   */
  ownerShare?: number;
  /** Until a connection is made, or a busy pool has one to spare. */
  connectTimeoutMs?: number;
  /** Until we give up on an answer; above the statement timeout, so that it only fires when the server is silent. */
  queryTimeoutMs?: number;
  /** Until the server cancels a statement. */
  statementTimeoutMs?: number;
  /** Until the server gives up waiting for a lock. */
  lockTimeoutMs?: number;
  /** Until the server ends a transaction in which nothing happens. */
  idleInTransactionTimeoutMs?: number;
  /**
   * Whether the server keeps parsed and planned statements for each connection, which saves it most of their time. Not to be
   * had behind a pooler that shares connections between transactions, unless it knows prepared statements.
   */
  preparesStatements?: boolean;
  /**
   * Whether statements that declare no owner see no rows: for a schema that `secureRows` was applied to. Statements of
   * an owner and of the system always need such a schema.
   */
  rowSecurity?: boolean;
  /** How often to try to connect at the start, one second apart. */
  connectAttempts?: number;
  /** Told of connections that broke while nobody used them. The pool replaces them by itself. */
  onConnectionError?: (error: Error) => void;
}

/** Every default of this room. */
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
 * The timeouts for a database that has to answer within that time, in the proportions of the defaults: the server itself
 * gives up first, so that it says why, and a lock or a connection is not waited for all of the time.
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
