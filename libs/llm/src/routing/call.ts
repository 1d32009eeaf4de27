import { type Clock, type Timer } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { LlmTimeoutError } from '../errors/connection-errors.js';
import { LlmError } from '../errors/llm-error.js';

/** Options of one request. */
export interface CallOptions {
  /** Cancels the request and releases its connection immediately. */
  signal?: AbortSignal | undefined;
  /** The deadline, in ms from now; default: the client's total limit. */
  timeoutMs?: number | undefined;
  /** Whether an answer that failed after some text was emitted may start over at another endpoint; default: `allowed`. */
  restart?: 'allowed' | 'never' | undefined;
  /** Copied to every attempt record, for logs. */
  label?: string | undefined;
}

/**
 * The deadline and the cancellation of one request. It replaces an AbortSignal because signals are costly and most requests
 * never wait for anything that takes one.
 */
export class Call {
  readonly deadline: number;
  readonly #timer: Timer;
  readonly #listeners = new Set<() => void>();
  readonly #caller: AbortSignal | undefined;
  #error: LlmError | undefined;
  readonly #clock: Clock;

  /**
   * @param totalMs the time until the deadline, in ms
   * @param caller the caller's signal
   */
  constructor(totalMs: number, caller: AbortSignal | undefined, clock: Clock) {
    this.#clock = clock;
    this.deadline = clock.now() + totalMs;
    this.#caller = caller;
    this.#timer = clock.timer(totalMs, () => this.#abort(new LlmTimeoutError('total', totalMs)));
    caller?.addEventListener('abort', this.#onCancel, { once: true });
    if (caller?.aborted) this.#onCancel();
  }

  /** Why the request was aborted: LlmCancelledError, or LlmTimeoutError if the deadline has passed; undefined if it was not. */
  get error(): LlmError | undefined {
    return this.#error;
  }

  /** Throws the {@link error}, if there is one. */
  throwIfAborted(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** The time until the deadline, in ms; 0 if it has passed. */
  get leftMs(): number {
    return Math.max(0, this.deadline - this.#clock.now());
  }

  /** Calls the listener when the request is aborted. */
  onAbort(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Removes a listener of {@link onAbort}. */
  offAbort(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Resolves after `ms`, or as soon as the request is aborted. */
  async sleep(ms: number): Promise<void> {
    if (this.#error !== undefined) return;
    const waiting = new AbortController();
    const wake = (): void => waiting.abort();
    this.onAbort(wake);
    await this.#clock.sleep(ms, waiting.signal).catch(() => undefined);
    this.offAbort(wake);
  }

  /** Converts a caught value to an LlmError. @throws the value itself if it is a programming error */
  errorOf(thrown: unknown): LlmError {
    if (thrown instanceof LlmError) return thrown;
    if (this.#error !== undefined) return this.#error;
    throw thrown;
  }

  /** Aborts the request with LlmCancelledError. */
  cancel(reason: string): void {
    this.#abort(new LlmCancelledError(reason));
  }

  /** Releases the timer and the listener on the caller's signal. */
  end(): void {
    this.#timer.cancel();
    this.#caller?.removeEventListener('abort', this.#onCancel);
  }

  readonly #onCancel = (): void => this.#abort(new LlmCancelledError(this.#caller?.reason));

  #abort(error: LlmError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const listener of this.#listeners) listener();
  }
}

const closedReason = 'the client is closed';

/** The open requests of a client. */
export class OpenCalls {
  readonly #open = new Set<Call>();
  #isClosed = false;
  readonly #totalMs: number;
  readonly #clock: Clock;

  /** @param totalMs the default time until a request's deadline, in ms */
  constructor(totalMs: number, clock: Clock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
  }

  /** Opens a request; close it with {@link end}. After {@link close} it is already cancelled. */
  begin({ timeoutMs = this.#totalMs, signal }: CallOptions): Call {
    const call = new Call(timeoutMs, signal, this.#clock);
    if (this.#isClosed) call.cancel(closedReason);
    this.#open.add(call);
    return call;
  }

  /** Closes a request. */
  end(call: Call): void {
    this.#open.delete(call);
    call.end();
  }

  /** Cancels all open requests and all later ones. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#open) call.cancel(closedReason);
  }
}
