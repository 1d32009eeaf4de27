/** One invalid field of a request. */
export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** The body of an error response (RFC 9457). Some codes have additional members. */
export interface ProblemBody {
  title: string;
  status: number;
  detail?: string;
  code: string;
  request_id?: string;
  retryable: boolean;
  errors?: readonly FieldError[];
  /** Only with code `conversation_busy`. */
  active_run_id?: string;
  [member: string]: unknown;
}

/** The server responded with an error. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  /** A stable code of docs/errors.md; `http_` and the status, such as `http_502`, if a proxy has responded. */
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  /** @param retryAfterMs the `Retry-After` header in ms; undefined if there was none */
  constructor(
    readonly problem: ProblemBody,
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail ?? problem.title);
    this.status = problem.status;
    this.code = problem.code;
    this.retryable = problem.retryable;
  }
}

/**
 * `unreachable`: no response; `cut`: the response ended too early; `silent`: no data arrived for too long; `unreadable`: the
 * response is not in Parley's format.
 */
export type ConnectionFailure = 'unreachable' | 'cut' | 'silent' | 'unreadable';

/** The connection failed before the response was complete. Runs that the server has started continue. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    readonly code: ConnectionFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
