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
 * PostgreSQL is unreachable, refused the connection, did not respond in time, is read-only, or aborted the statement in favor of another one (deadlock,
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
    super(`The database is not available: ${messageOf(cause)}${hintFor(cause)}`, { cause });
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

/** The database has an encoding that cannot store every character. */
export class DatabaseEncodingError extends DatabaseError {
  readonly code = 'database_encoding';
  readonly retryable = false;

  constructor(
    readonly database: string,
    readonly encoding: string,
  ) {
    super(`The database ${JSON.stringify(database)} has the encoding ${encoding}, and Parley needs UTF8.`);
  }
}

/** PostgreSQL is behind a pooler that does not keep prepared statements, and statements are prepared. */
export class PreparedStatementsError extends DatabaseError {
  readonly code = 'prepared_statements_lost';
  readonly retryable = false;

  constructor() {
    super('A pooler in front of PostgreSQL does not keep prepared statements.');
  }
}

function messageOf(cause: unknown): string {
  const { message, errors } = Object(cause) as { message?: unknown; errors?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  return Array.isArray(errors) ? errors.map(messageOf).join('; ') : 'no reason given';
}

/** A pooler that shares connections between transactions loses prepared statements (26000), or mixes them up (42P05). */
function hintFor(cause: unknown): string {
  const { code } = Object(cause) as { code?: unknown };
  return code === '26000' || code === '42P05' ? `. ${pooledStatementsHint}` : '';
}

/** What to do about a pooler that does not keep prepared statements. */
export const pooledStatementsHint =
  'A pooler in front of PostgreSQL that does not keep prepared statements needs DATABASE_PREPARED_STATEMENTS=false';
