import { isFolderPermissionError, isNamespaceError } from './launch-command.js';

/** Base class of this module's errors: a stable `code`, and whether a retry can succeed. */
export abstract class EmbeddedPostgresError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The PostgreSQL binaries of this platform are not installed or not usable. */
export class PostgresBinariesMissingError extends EmbeddedPostgresError {
  readonly code = 'postgres_binaries_missing';
}

/** The data directory contains other files, or data of another major version. */
export class DataDirectoryUnusableError extends EmbeddedPostgresError {
  readonly code = 'data_directory_unusable';
}

/** A PostgreSQL server that another process started is running on the data directory. */
export class DataDirectoryInUseError extends EmbeddedPostgresError {
  readonly code = 'data_directory_in_use';
  override readonly retryable = true;

  constructor(
    readonly dataDirectory: string,
    readonly pid: number,
  ) {
    super(
      `Another PostgreSQL (pid ${pid}) is running on ${dataDirectory}. ` +
        `Stop the program that started it, or end it with "kill -INT ${pid}", then start again.`,
    );
  }
}

/** The process runs as root, which PostgreSQL refuses, and the system forbids the user namespace that would avoid it. */
export class UserNamespacesForbiddenError extends EmbeddedPostgresError {
  readonly code = 'user_namespaces_forbidden';

  constructor(readonly logTail: string) {
    super(
      'The embedded PostgreSQL cannot run here: PostgreSQL does not run as root, and this system forbids user namespaces. ' +
        `Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.\n${logTail}`,
    );
  }
}

/** The server or initdb exited, or was not ready in time. */
export class PostgresStartError extends EmbeddedPostgresError {
  readonly code = 'postgres_start_failed';

  /** @param logTail the last lines of the server log */
  constructor(
    message: string,
    readonly logTail = '',
    options?: ErrorOptions,
  ) {
    super(logTail ? `${message}\n${logTail}` : message, options);
  }
}

/**
 * The error for a failed launch, according to its output.
 * @param what "initdb failed" or "PostgreSQL did not start"
 * @param exit description of the exit
 */
export function launchError(what: string, exit: string, logTail: string): EmbeddedPostgresError {
  if (isNamespaceError(logTail)) return new UserNamespacesForbiddenError(logTail);
  const hint = isFolderPermissionError(logTail)
    ? ' In its user namespace, root has only the rights of a file owner: start as the owner of this folder, or set DATABASE_URL.'
    : '';
  return new PostgresStartError(`${what} (${exit}).${hint}`, logTail);
}
