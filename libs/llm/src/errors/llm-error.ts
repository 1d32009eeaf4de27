import { storable } from '../storable-text.js';

/**
 * Where a failed request may be tried again:
 * `anywhere`: also at the same endpoint; `elsewhere`: not at this endpoint; `other_route`: not with this route's
 * model; `never`: the request itself is at fault, and the caller gets the reason.
 */
export type RetryScope = 'anywhere' | 'elsewhere' | 'other_route' | 'never';

export interface LlmErrorOptions {
  /** Stable, snake_case; what logs, metrics and API answers show. */
  code: string;
  scope: RetryScope;
  /** May the caller send the same request again later? Follows from `scope` unless given. */
  retryable?: boolean;
  /** How long the server asked us to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** The base of every error that this library throws. Messages never hold credentials or prompts. */
export class LlmError extends Error {
  readonly code: string;
  readonly scope: RetryScope;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: LlmErrorOptions) {
    super(storable(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.scope = options.scope;
    this.retryable = options.retryable ?? (options.scope === 'anywhere' || options.scope === 'elsewhere');
    this.retryAfterMs = options.retryAfterMs;
  }
}
