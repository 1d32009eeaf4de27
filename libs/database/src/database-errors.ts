/** What the errors of this room have in common: a stable `code`, and whether trying again can help. */
export abstract class DatabaseError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * PostgreSQL cannot be reached, or is too busy or too broken to answer in time, or has given a statement up for the sake of
 * another one. `cause` is the driver's error.
 */
export class DatabaseUnavailableError extends DatabaseError {
  readonly code = 'database_unavailable';
  readonly retryable = true;

  /** @param isOutcomeUnknown the statement was sent and its answer did not come: it may have taken effect, and still may */
  constructor(
    cause: unknown,
    readonly isOutcomeUnknown = false,
  ) {
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

/** An owner's share of a queue is full: of the queue for connections, or of another one. */
export class OwnerLimitError extends DatabaseError {
  readonly code = 'owner_limit';
  readonly retryable = true;

  /** @param what what waits in the queue, in the plural */
  constructor(what = 'requests') {
    super(`This owner's share of waiting ${what} is full.`);
  }
}

/** The queue for connections is full. */
export class DatabaseOverloadedError extends DatabaseError {
  readonly code = 'database_overloaded';
  readonly retryable = true;

  constructor(readonly maxWaiting: number) {
    super(`${maxWaiting} requests are waiting for a connection to the database already.`);
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
 * a server that has become a read-only replica; serialization failures and deadlocks.
 */
const UNAVAILABLE_STATES = /^(08...|53...|57P..|57014|55P03|25P03|25P04|25006|40001|40P01)$/;

/** SQLSTATEs of values that PostgreSQL cannot store: data exceptions (22) and limits of the program (54). */
const UNSTORABLE_STATES = /^(22...|54...)$/;

/** Whether PostgreSQL refused the values themselves, so that the same statement can never succeed. */
export function isUnstorable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && UNSTORABLE_STATES.test(code);
}

/** A serialization failure and a deadlock: the same again may succeed. */
const CONFLICT_STATES = /^(40001|40P01)$/;

/** An error that PostgreSQL itself reported leaves the connection as good as before, but for these: it ends, or is broken. */
const CONNECTION_STATES = /^(08...|57P..)$/;

/** What pg says when it has not even sent the statement. */
const UNSENT_MESSAGES = [
  /^Client has encountered a connection error and is not queryable$/,
  /^Client was closed and is not queryable$/,
];

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
  // This process, or the system, has no descriptor left for a connection.
  'EMFILE',
  'ENFILE',
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
  /^Query runner already released\. Cannot run queries anymore\.$/,
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

/** The same for the error of a statement that was given to a connection: tells whether it may have taken effect. */
export function toStatementError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) return error;
  return new DatabaseUnavailableError(error, isConnectionBroken(error) && !wasUnsent(error));
}

/** True if the statement may have taken effect although it failed, and may yet: only looking it up can tell. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError && error.isOutcomeUnknown;
}

/** True if the statement was given up for another one's sake, all of it: the same again may succeed. */
export function isConflict(error: unknown): boolean {
  return CONFLICT_STATES.test(stateOf(error) ?? '');
}

/** True for an outage that leaves the connection in no state to be used again. */
export function isConnectionBroken(error: unknown): boolean {
  if (!isUnavailable(error)) return false;
  const state = stateOf(error);
  return state === undefined || CONNECTION_STATES.test(state);
}

function wasUnsent(error: unknown): boolean {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' && UNSENT_MESSAGES.some((known) => known.test(message));
}

/** PostgreSQL's own SQLSTATE, out of whatever wraps it; undefined if it was not PostgreSQL that spoke. */
function stateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, driverError, cause } = error as { code?: unknown; driverError?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !UNAVAILABLE_SYSTEM_CODES.has(code))
    return code;
  return stateOf(driverError) ?? stateOf(cause);
}

function messageOf(cause: unknown): string {
  const { message, errors } = Object(cause) as { message?: unknown; errors?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return Array.isArray(errors) ? errors.map(messageOf).join('; ') : 'no reason given';
}
