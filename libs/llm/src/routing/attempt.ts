import { type Clock, type Timer } from '../clock.js';
import { LlmAnswerTooLargeError, LlmCancelledError } from '../errors/answer-errors.js';
import { LlmTimeoutError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type LlmRequest, type ProtocolEvent } from '../protocols/protocol.js';
import { type Connection } from '../transport/connection.js';
import { EventQueue } from '../transport/event-queue.js';
import { type Exchange } from '../transport/exchange.js';
import { type Endpoint } from './endpoint.js';
import { type AttemptRecord } from './llm-event.js';

/** What a delta costs beside its characters, so that a flood of empty ones is bounded too. */
const deltaOverhead = 16;

/** What an attempt gives: an error is thrown instead. */
export type AnswerEvent = Exclude<ProtocolEvent, { type: 'error' }>;

export interface AttemptLimits {
  /** From sending the request to the first frame, in ms. */
  firstFrameMs: number;
  /** Between two frames, in ms. */
  idleMs: number;
  /** Longest answer, in characters. */
  maxAnswerChars: number;
}

/** One try of a request against one endpoint, with the time limits of its phases. */
export class Attempt {
  readonly #queue = new EventQueue<AnswerEvent>();
  readonly #startedAt: number;
  readonly #startedOn: Date;
  #connection: Connection | undefined;
  #exchange: Exchange | undefined;
  #timer: Timer | undefined;
  #firstFrameAt: number | undefined;
  #size = 0;
  #finished = false;

  constructor(
    readonly number: number,
    readonly endpoint: Endpoint,
    private readonly limits: AttemptLimits,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    this.#startedAt = clock.now();
    this.#startedOn = clock.date();
  }

  /**
   * Sends the request. The iteration gives deltas, then the end; it throws an {@link LlmError} for everything else.
   * Call {@link close} in any case.
   */
  async start(request: LlmRequest): Promise<AsyncIterable<AnswerEvent>> {
    this.endpoint.attemptStarted();
    this.#connection = await this.endpoint.pool.acquire(this.signal);
    this.signal.throwIfAborted();
    this.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#limit('first_token', this.limits.firstFrameMs);
    this.#exchange = this.#connection.send(request, {
      event: (event) => this.#receive(event),
      failed: (error) => this.#queue.fail(error),
    });
    return this.#queue;
  }

  /** Ends the attempt: tells the endpoint how it went, frees the connection, and gives the row that is kept. */
  finish(error?: LlmError): AttemptRecord {
    this.#finished = true;
    this.endpoint.attemptFinished(error);
    this.close();
    return {
      number: this.number,
      route: this.endpoint.route,
      endpoint: this.endpoint.name,
      outcome: outcomeOf(error),
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
      firstTokenMs:
        this.#firstFrameAt === undefined ? null : Math.round(this.#firstFrameAt - this.#startedAt),
      durationMs: Math.round(this.clock.now() - this.#startedAt),
      startedAt: this.#startedOn,
    };
  }

  /**
   * Frees the connection: for the next request after a whole answer, else by cutting it. An attempt that its reader
   * left is closed without {@link finish}.
   */
  close(): void {
    this.#timer?.cancel();
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#exchange?.abandon();
    if (this.#connection !== undefined) this.endpoint.pool.release(this.#connection);
    this.#connection = undefined;
    if (!this.#finished) this.endpoint.attemptFinished(new LlmCancelledError('the reader left'));
    this.#finished = true;
  }

  readonly #onAbort = (): void => this.#queue.fail(this.signal.reason as Error);

  #receive(event: ProtocolEvent): void {
    if (event.type === 'error') {
      this.#queue.fail(event.error);
      return;
    }
    if (this.#firstFrameAt === undefined) {
      this.#firstFrameAt = this.clock.now();
      this.#limit('idle', this.limits.idleMs);
    } else {
      this.#timer?.refresh();
    }
    this.#size += event.type === 'delta' ? event.text.length + deltaOverhead : (event.text?.length ?? 0);
    if (this.#size > this.limits.maxAnswerChars) {
      this.#queue.fail(new LlmAnswerTooLargeError(this.limits.maxAnswerChars));
      this.#exchange?.abandon();
      return;
    }
    this.#queue.push(event);
    if (event.type === 'end') this.#queue.end();
  }

  #limit(phase: 'first_token' | 'idle', ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.clock.timer(ms, () =>
      this.#queue.fail(new LlmTimeoutError(phase, ms, this.endpoint.name)),
    );
  }
}

function outcomeOf(error: LlmError | undefined): AttemptRecord['outcome'] {
  if (error === undefined) return 'succeeded';
  return error instanceof LlmCancelledError ? 'cancelled' : 'failed';
}
