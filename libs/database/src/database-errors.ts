/** Base class of this module's errors: a stable `code`, and whether a retry can succeed. */
export abstract class DatabaseError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * PostgreSQL is unreachable, did not respond in time, or aborted the statement in favor of another one (deadlock,
 * serialization failure). `cause` is the driver's error.
 */
export class DatabaseUnavailableError extends DatabaseError {
  readonly code = 'database_unavailable';
  readonly retryable = true;

  /** @param isOutcomeUnknown the statement was sent without a response: it may have taken effect, or still may */
  constructor(
    cause: unknown,
    readonly isOutcomeUnknown = false,
  ) {
    super(`The database is not available: ${messageOf(cause)}`, { cause });
  }
}

/** The queue of a {@link GroupCommit} is full. */
export class WriteQueueFullError extends DatabaseError {
  readonly code = 'write_queue_full';
  readonly retryable = true;

  constructor(readonly maxWaiting: number) {
    super(`${maxWaiting} rows are already waiting to be written.`);
  }
}

/** An owner's share of a queue is full: of the queue for connections, or of a write queue. */
export class OwnerLimitError extends DatabaseError {
  readonly code = 'owner_limit';
  readonly retryable = true;

  /** @param what plural noun for the queued items, used in the message */
  constructor(what = 'requests') {
    super(`This owner's share of waiting ${what} is full.`);
  }
}

/** The queue for connections is full. */
export class DatabaseOverloadedError extends DatabaseError {
  readonly code = 'database_overloaded';
  readonly retryable = true;

  constructor(readonly maxWaiting: number) {
    super(`${maxWaiting} requests are already waiting for a connection to the database.`);
  }
}

/** Another process held the migration lock for longer than `lockTimeoutMs`. */
export class MigrationLockTimeoutError extends DatabaseError {
  readonly code = 'migration_lock_timeout';
  readonly retryable = true;

  constructor(readonly waitedMs: number) {
    super(`Another process has been migrating this database for more than ${waitedMs} ms.`);
  }
}

/**
 * SQLSTATEs caused by the server or the connection rather than the statement: connection exceptions (08), insufficient
 * resources (53), administrator shutdown (57P), statement and lock timeouts, idle and long transactions that were
 * terminated, a server that became read-only; serialization failures and deadlocks.
 */
const UNAVAILABLE_STATES = /^(08...|53...|57P..|57014|55P03|25P03|25P04|25006|40001|40P01)$/;

/** SQLSTATEs of values that PostgreSQL cannot store: data exceptions (22) and program limits exceeded (54). */
const UNSTORABLE_STATES = /^(22...|54...)$/;

/** Whether PostgreSQL refused the values themselves, so that a retry of the same statement cannot succeed. */
export function isUnstorable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && UNSTORABLE_STATES.test(code);
}

/** Serialization failure and deadlock: a retry may succeed. */
const CONFLICT_STATES = /^(40001|40P01)$/;

/** SQLSTATEs after which the connection is unusable; it stays usable after every other error reported by PostgreSQL. */
const CONNECTION_STATES = /^(08...|57P..)$/;

/** Messages of pg for a statement that it did not send. */
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
  // The process or the system has no file descriptor left.
  'EMFILE',
  'ENFILE',
]);

/** Messages of pg and TypeORM, which have no code, for a connection that is unavailable or lost. */
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

/** Whether the database rather than the statement caused the error, so that a later retry can succeed. */
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

/** Wraps an error of the driver or TypeORM in a DatabaseUnavailableError if {@link isUnavailable}, else returns it. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) return error;
  return new DatabaseUnavailableError(error);
}

/** Like {@link toDatabaseError}, for a statement that was passed to a connection: sets `isOutcomeUnknown`. */
export function toStatementError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailableError || !isUnavailable(error)) return error;
  return new DatabaseUnavailableError(error, isConnectionBroken(error) && !wasUnsent(error));
}

/** Whether the failed statement may have taken effect, or still may; only a look-up shows which. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError && error.isOutcomeUnknown;
}

/** Whether PostgreSQL rolled the statement back in favor of another one, so that a retry may succeed. */
export function isConflict(error: unknown): boolean {
  return CONFLICT_STATES.test(stateOf(error) ?? '');
}

/** Whether the connection cannot be used after this error. */
export function isConnectionBroken(error: unknown): boolean {
  if (!isUnavailable(error)) return false;
  const state = stateOf(error);
  return state === undefined || CONNECTION_STATES.test(state);
}

function wasUnsent(error: unknown): boolean {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' && UNSENT_MESSAGES.some((known) => known.test(message));
}

/** The SQLSTATE of an error or of the error it wraps; undefined if PostgreSQL did not report it. */
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
