/** What the errors of this room have in common: a stable `code`, and whether trying again can help. */
export abstract class DatabaseError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** PostgreSQL cannot be reached, or is too busy or too broken to answer in time. `cause` is the driver's error. */
export class DatabaseUnavailableError extends DatabaseError {
  readonly code = 'database_unavailable';
  readonly retryable = true;

  constructor(cause: unknown) {
    super(`The database is not available: ${messageOf(cause)}`, { cause });
  }
}

/** More rows wait to be written than the queue holds. */
export class WriteQueueFullError extends DatabaseError {
  readonly code = 'write_queue_full';
  readonly retryable = true;

  constructor(readonly maxWaiting: number) {
    super(`${maxWaiting} rows are waiting to be written already.`);
  }
}

/** Another process has held the migration lock for longer than we may wait. */
export class MigrationLockTimeoutError extends DatabaseError {
  readonly code = 'migration_lock_timeout';
  readonly retryable = true;

  constructor(readonly waitedMs: number) {
    super(`Another process has been migrating this database for more than ${waitedMs} ms.`);
  }
}

/**
 * SQLSTATEs that speak of the server or the connection, not of the statement: connection exceptions (08), insufficient
 * resources (53), an administrator's shutdown (57P), statement and lock timeouts, transactions ended for idling or length,
 * a server that has become a read-only replica.
 */
const UNAVAILABLE_STATES = /^(08...|53...|57P..|57014|55P03|25P03|25P04|25006)$/;

const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);

/** What pg and TypeORM say, without any code, when a connection is not to be had or was lost. */
const UNAVAILABLE_MESSAGES = [
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Connection terminated/,
  /^Query read timeout$/,
  /^Client has encountered a connection error and is not queryable$/,
  /^Client was closed and is not queryable$/,
  /^Cannot use a pool after calling end on the pool$/,
  /^Driver not Connected$/,
];

/** True if the database is to blame, and not the statement: trying again later can help. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError } = error as {
    code?: unknown;
    message?: unknown;
    driverError?: unknown;
  };
  if (typeof code === 'string' && (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_SYSTEM_CODES.has(code))) {
    return true;
  }
  if (typeof message === 'string' && UNAVAILABLE_MESSAGES.some((known) => known.test(message))) return true;
  return driverError !== undefined && driverError !== error && isUnavailable(driverError);
}

/** Turns a driver's or TypeORM's error into a DatabaseUnavailableError if it is one; leaves every other as it is. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) return error;
  return new DatabaseUnavailableError(error);
}

function messageOf(cause: unknown): string {
  const { message, errors } = Object(cause) as { message?: unknown; errors?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return Array.isArray(errors) ? errors.map(messageOf).join('; ') : 'no reason given';
}
