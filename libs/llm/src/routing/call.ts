import { type Clock, type Timer } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';

export interface CallOptions {
  /** Aborting it frees the connection at once. */
  signal?: AbortSignal | undefined;
  /** Instead of the client's total limit, in ms. */
  timeoutMs?: number | undefined;
  /** May an answer that broke off after text was shown start over elsewhere? `allowed` if left out. */
  restart?: 'allowed' | 'never' | undefined;
}

/** One signal and one deadline for everything that is done for a request. */
export class Call {
  readonly deadline: number;
  readonly #abort = new AbortController();
  readonly #timer: Timer;
  readonly #caller: AbortSignal | undefined;

  constructor(
    totalMs: number,
    caller: AbortSignal | undefined,
    private readonly clock: Clock,
  ) {
    this.deadline = clock.now() + totalMs;
    this.#caller = caller;
    this.#timer = clock.timer(totalMs, () => this.#abort.abort(new LlmTimeoutError('total', totalMs)));
    caller?.addEventListener('abort', this.#onCancel, { once: true });
    if (caller?.aborted) this.#onCancel();
  }

  /** Its reason is an {@link LlmError}. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Never below 0: the deadline may have passed before its timer could fire. */
  get leftMs(): number {
    return Math.max(0, this.deadline - this.clock.now());
  }

  /** Whatever was thrown on the way, as one of our errors; a defect of ours is thrown on. */
  errorOf(thrown: unknown): LlmError {
    if (thrown instanceof LlmError) return thrown;
    if (this.signal.aborted) return this.signal.reason as LlmError;
    throw thrown;
  }

  /** Ends the request from our side. */
  cancel(reason: string): void {
    this.#abort.abort(new LlmCancelledError(reason));
  }

  end(): void {
    this.#timer.cancel();
    this.#caller?.removeEventListener('abort', this.#onCancel);
  }

  readonly #onCancel = (): void => this.#abort.abort(new LlmCancelledError(this.#caller?.reason));
}
