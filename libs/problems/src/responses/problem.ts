import { STATUS_CODES } from 'node:http';

/** One invalid field of a request: its path (`settings.max_tokens`), what is wrong, and a stable code for it. */
export interface FieldError {
  field: string;
  code?: string;
  detail: string;
}

/** What a {@link Problem} is made of. Everything given here is shown to the client, except `cause`. */
export interface ProblemOptions {
  /** HTTP status, 400–599. */
  status: number;
  /** Stable, snake_case: what programs compare. */
  code: string;
  /** The same for every problem of this code; left out: the status' own phrase. */
  title?: string | undefined;
  /** What happened this time, for people. Never a secret, SQL or a stack. */
  detail?: string | undefined;
  /** Whether the same request may succeed later; left out: false. */
  retryable?: boolean | undefined;
  /** Seconds for the `Retry-After` header; rounded up. */
  retryAfterSeconds?: number | undefined;
  /** One row per invalid field. */
  errors?: readonly FieldError[] | undefined;
  /** Further members of the body, such as `active_run_id`. They cannot replace the standard ones. */
  fields?: Readonly<Record<string, unknown>> | undefined;
  /** Further response headers, such as `WWW-Authenticate`. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** What led to it: for the log, never for the client. */
  cause?: unknown;
}

/**
 * An error that knows its HTTP answer (RFC 9457). Throw it from controllers, guards and pipes; `ProblemFilter` sends it.
 */
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
