import { saysFolderForbidden, saysNamespacesForbidden } from './launch-command.js';

/** What every failure to run the embedded server has in common: a stable `code` and whether trying again can help. */
export abstract class EmbeddedPostgresError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The PostgreSQL binaries of this platform are not installed, or not usable as they are. */
export class PostgresBinariesMissingError extends EmbeddedPostgresError {
  readonly code = 'postgres_binaries_missing';
}

/** The data directory holds something that this server must not touch: other files, or another major version's data. */
export class DataDirectoryUnusableError extends EmbeddedPostgresError {
  readonly code = 'data_directory_unusable';
}

/** A running server, not started by this one, owns the data directory. */
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

/** PostgreSQL refuses to run as root, and the user namespace that would hide root from it is forbidden here. */
export class UserNamespacesForbiddenError extends EmbeddedPostgresError {
  readonly code = 'user_namespaces_forbidden';

  constructor(readonly logTail: string) {
    super(
      'The embedded PostgreSQL cannot run here: PostgreSQL does not run as root, and this system forbids user namespaces. ' +
        `Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.\n${logTail}`,
    );
  }
}

/** The server, or initdb, ended or did not become ready in time; `logTail` is what it wrote last. */
export class PostgresStartError extends EmbeddedPostgresError {
  readonly code = 'postgres_start_failed';

  constructor(
    message: string,
    readonly logTail = '',
    options?: ErrorOptions,
  ) {
    super(logTail ? `${message}\n${logTail}` : message, options);
  }
}

/** What a failed launch means, told by what it wrote: `what` is "initdb failed" or "PostgreSQL did not start". */
export function launchError(what: string, ending: string, logTail: string): EmbeddedPostgresError {
  if (saysNamespacesForbidden(logTail)) return new UserNamespacesForbiddenError(logTail);
  const hint = saysFolderForbidden(logTail)
    ? ' As root it has no rights beyond those of the files root owns: start as the owner of this folder, or set DATABASE_URL.'
    : '';
  return new PostgresStartError(`${what} (${ending}).${hint}`, logTail);
}
