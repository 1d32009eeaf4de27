import { printable } from '../storable-text.js';
import { hideAddresses } from './hide-addresses.js';

/**
 * Where a failed request may be tried again:
 * `anywhere`: also at the same endpoint; `elsewhere`: not at this endpoint; `other_route`: not with this route's
 * model; `never`: the request itself is at fault, and the caller gets the reason.
 */
export type RetryScope = 'anywhere' | 'elsewhere' | 'other_route' | 'never';

/**
 * Longest wait that is accepted from a server, in ms: one hour. A wrong clock or unit must not exclude the server
 * forever.
 */
const longestRetryAfterMs = 3_600_000;

/** Longest message, in characters. */
const maxMessageLength = 2_000;

export interface LlmErrorOptions {
  /** Stable, snake_case; what logs, metrics and API answers show. */
  code: string;
  scope: RetryScope;
  /** May the caller send the same request again later? Follows from `scope` unless given. */
  retryable?: boolean;
  /**
   * How long the server asked us to wait, in milliseconds. More than one hour counts as one hour; a negative value is
   * ignored.
   */
  retryAfterMs?: number | undefined;
  /** The message for callers; left out: the message without its addresses. */
  publicMessage?: string;
  cause?: unknown;
}

/**
 * The base of every error that this library throws. Messages never hold credentials or prompts, nor control characters, and at
 * most 2000 characters. They name the endpoint: they are for operators.
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

  /** The message for callers: it names no address of a server. */
  get publicMessage(): string {
    return this.#publicMessage ?? hideAddresses(this.message);
  }
}

function boundedWait(ms: number | undefined): number | undefined {
  return ms === undefined || !(ms >= 0) ? undefined : Math.min(ms, longestRetryAfterMs);
}
