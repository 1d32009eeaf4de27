import { printable } from '../storable-text.js';
import { hideAddresses } from './hide-addresses.js';

/**
 * Where a failed request may be retried. `anywhere`: also at the same endpoint; `elsewhere`: only at another endpoint;
 * `other_route`: only on another route, because this route's model cannot serve it; `never`: the request itself is at
 * fault, and the caller gets the error.
 */
export type RetryScope = 'anywhere' | 'elsewhere' | 'other_route' | 'never';

/** The longest wait accepted from a server: one hour, so that a wrong clock or unit does not exclude it forever. */
const longestRetryAfterMs = 3_600_000;

/** In characters. */
const maxMessageLength = 2_000;
const maxSummaryLength = 500;

/** The fields of an {@link LlmError} in addition to its message. */
export interface LlmErrorOptions {
  /** Stable, in snake_case; shown in logs, metrics and API responses. */
  code: string;
  scope: RetryScope;
  /** Whether the caller may send the same request again later; default: `scope` is `anywhere` or `elsewhere`. */
  retryable?: boolean;
  /** How long the server asks to wait, in ms; more than one hour counts as one hour, a negative value is ignored. */
  retryAfterMs?: number | undefined;
  /** The message for callers; default: the message without its addresses. */
  publicMessage?: string;
  cause?: unknown;
}

/**
 * The base class of the errors that requests fail with. Messages are for operators: they name the endpoint. They contain
 * no credentials, prompts or control characters, and at most 2000 characters. Of a frame that cannot be understood they quote
 * at most the first 60 characters.
 */
export class LlmError extends Error {
  readonly code: string;
  readonly scope: RetryScope;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly #publicMessage: string | undefined;

  constructor(message: string, options: LlmErrorOptions) {
    super(
      printable(message.slice(0, maxMessageLength)),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = new.target.name;
    this.code = options.code;
    this.scope = options.scope;
    this.retryable = options.retryable ?? (options.scope === 'anywhere' || options.scope === 'elsewhere');
    this.retryAfterMs = boundedWait(options.retryAfterMs);
    this.#publicMessage = options.publicMessage;
  }

  /** Code and message in one line of at most 500 characters, for operators. */
  get summary(): string {
    return `${this.code}: ${this.message}`.slice(0, maxSummaryLength).toWellFormed();
  }

  /** The message for callers: without addresses of servers. */
  get publicMessage(): string {
    return this.#publicMessage ?? hideAddresses(this.message);
  }
}

function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined || !(ms >= 0) ? undefined : Math.min(ms, longestRetryAfterMs);
}
