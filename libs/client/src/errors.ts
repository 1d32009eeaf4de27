/** One invalid field of a request. */
export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** The body of an answer that is an error (RFC 9457); some codes carry more members. */
export interface ProblemBody {
  title: string;
  status: number;
  detail?: string;
  code: string;
  request_id?: string;
  retryable: boolean;
  errors?: readonly FieldError[];
  /** With `conversation_busy`. */
  active_run_id?: string;
  [member: string]: unknown;
}

/** The server answered with an error. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  /** Stable; docs/errors.md lists them. `http_502` and its like when something before the server answered. */
  readonly code: string;
  /** The same request may succeed later. */
  readonly retryable: boolean;

  /** @param retryAfterMs what the server asked to wait; undefined if it did not say */
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

/** `unreachable`: no answer; `cut`: it ended too early; `silent`: no byte came for too long; `unreadable`: not Parley's. */
export type ConnectionFailure = 'unreachable' | 'cut' | 'silent' | 'unreadable';

/** The server could not be heard to the end. Whatever it had acknowledged goes on. */
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
