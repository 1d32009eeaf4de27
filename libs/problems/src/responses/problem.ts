import { STATUS_CODES } from 'node:http';

/** An invalid field of a request: its path (`settings.max_tokens`), a stable code, and a description of the error. */
export interface FieldError {
  field: string;
  code?: string;
  detail: string;
}

/** Options of a {@link Problem}. All are sent to the client, except `cause`. */
export interface ProblemOptions {
  /** HTTP status, 400–599. */
  status: number;
  /** Stable, snake_case; for programs. */
  code: string;
  /** The same for every problem with this code. Default: the reason phrase of the status. */
  title?: string | undefined;
  /** Describes this occurrence, for people. Must not contain secrets, SQL or stacks. */
  detail?: string | undefined;
  /** Whether the same request may succeed later. Default false. */
  retryable?: boolean | undefined;
  /** Seconds for the `Retry-After` header; rounded up. */
  retryAfterSeconds?: number | undefined;
  /** One entry per invalid field. */
  errors?: readonly FieldError[] | undefined;
  /** Further members of the body, such as `active_run_id`. They cannot replace the standard ones. */
  fields?: Readonly<Record<string, unknown>> | undefined;
  /** Further response headers, such as `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The underlying error: logged, never sent. */
  cause?: unknown;
}

/** An error with its HTTP response (RFC 9457). Throw it from controllers, guards and pipes; `ProblemFilter` sends it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly errors: readonly FieldError[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: ProblemOptions) {
    const title = options.title ?? STATUS_CODES[options.status] ?? 'Error';
    super(options.detail ?? title, { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.title = title;
    this.detail = options.detail;
    this.retryable = options.retryable ?? false;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.errors = options.errors ?? [];
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
  }
}
