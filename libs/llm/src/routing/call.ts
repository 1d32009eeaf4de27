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
  /** Comes back in every record of an attempt: for whoever reads logs. */
  label?: string | undefined;
}

/**
 * One end and one deadline for everything that is done for a request. No AbortSignal: every request has one of these, and
 * few have to wait for anything that takes a signal.
 */
export class Call {
  readonly deadline: number;
  readonly #timer: Timer;
  readonly #listeners = new Set<() => void>();
  readonly #caller: AbortSignal | undefined;
  #error: LlmError | undefined;
  readonly #clock: Clock;

  constructor(totalMs: number, caller: AbortSignal | undefined, clock: Clock) {
    this.#clock = clock;
    this.deadline = clock.now() + totalMs;
    this.#caller = caller;
    this.#timer = clock.timer(totalMs, () => this.#abort(new LlmTimeoutError('total', totalMs)));
    caller?.addEventListener('abort', this.#onCancel, { once: true });
    if (caller?.aborted) this.#onCancel();
  }

  /** Why the request is over before its end: the caller gave up, or the deadline has passed. */
  get error(): LlmError | undefined {
    return this.#error;
  }

  /** @throws the {@link error}, if there is one */
  throwIfEnded(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  /** Never below 0: the deadline may have passed before its timer could fire. */
  get leftMs(): number {
    return Math.max(0, this.deadline - this.#clock.now());
  }

  /** Calls back as soon as there is an {@link error}. */
  onAbort(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offAbort(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Resolves after so long, or as soon as there is an {@link error}. */
  async pause(ms: number): Promise<void> {
    if (this.#error !== undefined) return;
    const waiting = new AbortController();
    const wake = (): void => waiting.abort();
    this.onAbort(wake);
    await this.#clock.sleep(ms, waiting.signal).catch(() => undefined);
    this.offAbort(wake);
  }

  /** Whatever was thrown on the way, as one of our errors; a defect of ours is thrown on. */
  errorOf(thrown: unknown): LlmError {
    if (thrown instanceof LlmError) return thrown;
    if (this.#error !== undefined) return this.#error;
    throw thrown;
  }

  /** Ends the request from our side. */
  cancel(reason: string): void {
    this.#abort(new LlmCancelledError(reason));
  }

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

/** The requests of a client that are not over. */
export class OpenCalls {
  readonly #open = new Set<Call>();
  #isClosed = false;
  readonly #totalMs: number;
  readonly #clock: Clock;

  /** @param totalMs the deadline of a request that names none, in ms */
  constructor(totalMs: number, clock: Clock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
  }

  /** To be matched by {@link end}. */
  begin({ timeoutMs = this.#totalMs, signal }: CallOptions): Call {
    const call = new Call(timeoutMs, signal, this.#clock);
    if (this.#isClosed) call.cancel(closedReason);
    this.#open.add(call);
    return call;
  }

  end(call: Call): void {
    this.#open.delete(call);
    call.end();
  }

  /** Cancels them, and all that come later. */
  close(): void {
    this.#isClosed = true;
    for (const call of this.#open) call.cancel(closedReason);
  }
}
