import { DatabaseUnavailableError } from './database-errors.js';

/**
 * SQLSTATEs caused by the server or the connection rather than the statement: connection exceptions (08), insufficient
 * resources (53), administrator shutdown (57P), errors of the operating system (58000, 58030), statement and lock timeouts,
 * idle and long transactions that were terminated, a server that became read-only; a prepared statement that a pooler lost or
 * mixed up (26000, 42P05); serialization failures and deadlocks.
 */
const UNAVAILABLE_STATES =
  /^(08...|53...|57P..|58000|58030|57014|55P03|25P03|25P04|25006|26000|42P05|40001|40P01)$/;

/** SQLSTATEs of values that PostgreSQL cannot store: data exceptions (22) and program limits exceeded (54). */
const UNSTORABLE_STATES = /^(22...|54...)$/;

/** Whether PostgreSQL refused the values themselves, so that a retry of the same statement cannot succeed. */
export function isUnstorable(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && UNSTORABLE_STATES.test(code);
}

/** Serialization failure and deadlock: a retry may succeed. */
const CONFLICT_STATES = /^(40001|40P01)$/;

/** SQLSTATEs with which PostgreSQL or a pooler ends the connection, possibly after the statement took effect. */
const LOST_STATES = /^(08...|57P..)$/;

/** Unavailable states after which the same connection may be used again: only the statement was given up. */
const STATEMENT_STATES = /^(57014|55P03|40001|40P01)$/;

/** PostgreSQL's severities of errors that end the connection. */
const FATAL_SEVERITIES = new Set<unknown>(['FATAL', 'PANIC']);

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
  'ENOTCONN',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
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
  // The connection was lost between two statements.
  /^Database connection provided by a query runner was already released/,
];

/** Whether the database rather than the statement caused the error, so that a later retry can succeed. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, severity, driverError } = error as {
    code?: unknown;
    message?: unknown;
    severity?: unknown;
    driverError?: unknown;
  };
  if (FATAL_SEVERITIES.has(severity)) return true;
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
  return new DatabaseUnavailableError(error, isConnectionLost(error) && !wasUnsent(error));
}

/** Whether the failed statement may have taken effect, or still may; only a look-up shows which. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError && error.isOutcomeUnknown;
}

/** Whether PostgreSQL rolled the statement back in favor of another one, so that a retry may succeed. */
export function isConflict(error: unknown): boolean {
  return CONFLICT_STATES.test(stateOf(error) ?? '');
}

/**
 * Whether the connection must be closed after this error: it is lost, or it leads to a server that cannot do the work, such as
 * one that became read-only.
 */
export function isConnectionBroken(error: unknown): boolean {
  return isUnavailable(error) && !STATEMENT_STATES.test(stateOf(error) ?? '');
}

/** Whether the server is read-only: a standby, or a primary that was demoted. */
export function isReadOnly(error: unknown): boolean {
  return stateOf(error) === '25006';
}

/** Whether the connection ended before the response arrived. */
function isConnectionLost(error: unknown): boolean {
  const state = stateOf(error);
  const { severity, driverError } = error as { severity?: unknown; driverError?: { severity?: unknown } };
  return (
    state === undefined || LOST_STATES.test(state) || FATAL_SEVERITIES.has(severity ?? driverError?.severity)
  );
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
