import { type Clock, type Timer } from '../clock.js';
import { LlmAnswerTooLargeError, LlmCancelledError, LlmEmptyAnswerError } from '../errors/answer-errors.js';
import { LlmTimeoutError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type AnswerEnd, type AnswerEvent } from '../protocols/answer-assembly.js';
import { boundedEnd, type ReducedFact } from '../protocols/answer-facts.js';
import { explainsNoText } from '../protocols/empty-answer.js';
import { type LlmRequest, type ProtocolError } from '../protocols/protocol.js';
import { type Connection } from '../transport/connection.js';
import { EventQueue } from '../transport/event-queue.js';
import { type Exchange, type ExchangeListener } from '../transport/exchange.js';
import { type AttemptLimits, type TimeLimit } from './attempt-limits.js';
import { type AnswerKind } from './balance/balancer.js';
import { type Call } from './call.js';
import { type Endpoint } from './endpoint.js';
import { type AttemptRecord } from './llm-event.js';

/** Characters that each delta counts for in addition to its text, so that the number of empty deltas is bounded too. */
const deltaOverhead = 16;

/** What an {@link Attempt} sends, and where. */
export interface AttemptTask {
  /** From 1, within the request. */
  number: number;
  endpoint: Endpoint;
  request: LlmRequest;
  /** `CallOptions.label` of the request. */
  label: string | undefined;
  /** Whether it was started while a slower attempt was still running. */
  isHedge: boolean;
}

/** One try of a request at one endpoint, with a time limit for each phase. Call {@link finish} exactly once. */
export class Attempt implements ExchangeListener {
  readonly #queue = new EventQueue<AnswerEvent>();
  readonly #startedAt: number;
  readonly #startedOn: Date;
  #connection: Connection | undefined;
  #exchange: Exchange | undefined;
  #waiting: AbortController | undefined;
  #timer: Timer | undefined;
  #totalTimer: Timer | undefined;
  #firstFrameAt: number | undefined;
  #size = 0;
  #hasText = false;
  #end: AnswerEnd | undefined;
  #reduced: readonly ReducedFact[] = [];
  #finished = false;
  /** How long connections were probed before the request was sent, in ms. */
  #probedForMs = 0;
  readonly #task: AttemptTask;
  readonly #limits: AttemptLimits;
  readonly #clock: Clock;
  readonly #call: Call;

  constructor(task: AttemptTask, limits: AttemptLimits, clock: Clock, call: Call) {
    this.#task = task;
    this.#limits = limits;
    this.#clock = clock;
    this.#call = call;
    this.#startedAt = clock.now();
    this.#startedOn = clock.date();
  }

  get endpoint(): Endpoint {
    return this.#task.endpoint;
  }

  get number(): number {
    return this.#task.number;
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  /** Sends the request as soon as a connection is free. Failures are reported by {@link take}. */
  start(): void {
    const { endpoint, request } = this.#task;
    endpoint.attemptStarted(this, this.#kind);
    this.#call.onAbort(this.#onAbort);
    const ready = endpoint.pool.tryAcquire(request);
    if (ready?.isByOrder === false && !ready.isStale) this.#send(ready);
    else void this.#sendLater(ready);
  }

  /** Resolves with the events since the last call, at least one; the last event of an answer is `end`. Rejects on failure. */
  take(): Promise<readonly AnswerEvent[]> {
    return this.#queue.take();
  }

  /**
   * Ends the attempt: releases the connection (which is closed if the answer is incomplete), updates the endpoint's
   * statistics and returns the record.
   * @param error why the attempt failed; undefined if it succeeded
   */
  finish(error?: LlmError): AttemptRecord {
    this.#finished = true;
    this.#timer?.cancel();
    this.#totalTimer?.cancel();
    this.#waiting?.abort(error ?? new LlmCancelledError('the attempt has ended'));
    this.#call.offAbort(this.#onAbort);
    this.#exchange?.abandon();
    if (this.#connection !== undefined) this.endpoint.pool.release(this.#connection, this.#task.request);
    this.#connection = undefined;
    const { endpoint, request, number, isHedge, label } = this.#task;
    endpoint.attemptFinished(this, this.#kind, error);
    return {
      number,
      route: endpoint.route,
      endpoint: endpoint.name,
      endpointLabel: endpoint.label,
      outcome: outcomeOf(error),
      errorCode: error?.code ?? null,
      errorMessage: error === undefined ? null : endpoint.redactor.redact(error.message),
      firstTokenMs:
        this.#firstFrameAt === undefined ? null : Math.round(this.#firstFrameAt - this.#startedAt),
      durationMs: Math.round(this.#clock.now() - this.#startedAt),
      startedAt: this.#startedOn,
      stream: request.stream,
      isHedge,
      model: request.model ?? endpoint.model,
      responseModel: this.#end?.model ?? null,
      usage: this.#end?.usage ?? null,
      reduced: this.#reduced,
      label: label ?? null,
    };
  }

  /** Receives an event of the answer from the connection. */
  event(received: AnswerEvent | ProtocolError): void {
    if (received.type === 'error') {
      this.#queue.fail(received.error);
      return;
    }
    const event = received.type === 'end' ? this.#ended(received) : received;
    this.#hasText = this.#hasTextAfter(event);
    if (event.type === 'end' && this.#isUnexplainedEmptyEnd(event)) {
      this.#queue.fail(new LlmEmptyAnswerError(this.endpoint.name));
      return;
    }
    if (this.#firstFrameAt === undefined) {
      this.#firstFrameAt = this.#clock.now();
      this.endpoint.firstTokenReceived(this, this.#kind, this.#firstFrameAt - this.#startedAt);
      this.#timer?.cancel();
      this.#timer = event.type === 'end' ? undefined : this.#limit('idle', this.#limits.idle);
    } else {
      this.#timer?.refresh();
    }
    if (event.type === 'delta') this.#size += event.text.length + deltaOverhead;
    else if (event.type === 'replace') this.#size = event.text.length + deltaOverhead;
    else this.#size = Math.max(this.#size + (event.lastPiece?.length ?? 0), event.text?.length ?? 0);
    if (this.#size > this.#limits.maxAnswerChars) {
      this.#fail(new LlmAnswerTooLargeError(this.#limits.maxAnswerChars));
      return;
    }
    this.#queue.push(event);
    if (event.type === 'end') this.#queue.end();
  }

  /** Receives the failure of the connection. */
  failed(error: LlmError): void {
    this.#queue.fail(error);
  }

  get #kind(): AnswerKind {
    return this.#task.request.stream ? 'streamed' : 'plain';
  }

  #ended(end: AnswerEnd): AnswerEnd {
    const bounded = boundedEnd(end, this.endpoint.redactor);
    this.#end = bounded.end;
    this.#reduced = bounded.reduced;
    return bounded.end;
  }

  #hasTextAfter(event: AnswerEvent): boolean {
    switch (event.type) {
      case 'delta':
        return this.#hasText || event.text !== '';
      case 'replace':
        return event.text !== '';
      case 'end':
        return event.text === undefined ? this.#hasText || (event.lastPiece ?? '') !== '' : event.text !== '';
    }
  }

  #isUnexplainedEmptyEnd({ finishReason }: AnswerEnd): boolean {
    return !this.#hasText && this.#limits.emptyAnswer === 'retry' && !explainsNoText(finishReason);
  }

  #send(connection: Connection): void {
    this.#connection = connection;
    this.#timer = this.#limit('first_token', this.#limits.firstToken, this.#probedForMs);
    if (this.#limits.total !== undefined) this.#totalTimer = this.#limit('total', this.#limits.total);
    try {
      this.#exchange = connection.send(this.#task.request, this);
    } catch (error) {
      this.#queue.fail(error as Error);
    }
  }

  /**
   * Acquires a connection within the queue limit and sends the request. A connection on which nothing has arrived for long
   * is probed before; one without correlation by ids is used only after a check that no unsolicited frame is pending on it.
   */
  async #sendLater(ready: Connection | undefined): Promise<void> {
    const { pool, name } = this.endpoint;
    const { ms, setting } = this.#limits.queue;
    const waiting = (this.#waiting = new AbortController());
    const timer = this.#clock.timer(ms, () =>
      waiting.abort(new LlmTimeoutError('queue', ms, name, { setting })),
    );
    try {
      let connection = ready ?? (await pool.acquire(waiting.signal, this.#task.request));
      for (;;) {
        connection = await this.#verified(connection, waiting.signal);
        if (await connection.isQuietNow()) break;
        pool.release(connection, this.#task.request);
        connection = await pool.acquire(waiting.signal, this.#task.request);
      }
      if (waiting.signal.aborted) {
        // The wait was aborted in the same tick in which the connection became available.
        pool.release(connection, this.#task.request);
        throw waiting.signal.reason;
      }
      this.#send(connection);
    } catch (error) {
      this.#queue.fail(error as Error);
    } finally {
      timer.cancel();
      this.#waiting = undefined;
    }
  }

  /** Probes a connection on which nothing has arrived for long. The time counts as waiting for the first token. */
  async #verified(connection: Connection, signal: AbortSignal): Promise<Connection> {
    if (!connection.isStale) return connection;
    const before = this.#clock.now();
    try {
      return await this.endpoint.pool.verified(connection, signal, this.#task.request);
    } finally {
      this.#probedForMs += this.#clock.now() - before;
    }
  }

  readonly #onAbort = (): void => {
    const error = this.#call.error!;
    const unknown = this.#exchange?.firstUnknown;
    const isLate = error instanceof LlmTimeoutError && unknown !== undefined;
    this.#fail(isLate ? error.withUnknownFrame(unknown) : error);
    this.#waiting?.abort(this.#call.error);
  };

  /** Fails immediately, even if the reader has not yet taken earlier events. */
  #fail(error: LlmError): void {
    this.#queue.fail(error);
    this.#exchange?.abandon(error);
  }

  /** @param usedMs the part of the limit that is already used, in ms */
  #limit(phase: 'first_token' | 'idle' | 'total', { ms, setting }: TimeLimit, usedMs = 0): Timer {
    return this.#clock.timer(Math.max(1, ms - usedMs), () => {
      const unknown = this.#exchange?.firstUnknown;
      this.#fail(new LlmTimeoutError(phase, ms, this.endpoint.name, { setting, unknown }));
    });
  }
}

function outcomeOf(error: LlmError | undefined): AttemptRecord['outcome'] {
  if (error === undefined) return 'succeeded';
  return error instanceof LlmCancelledError ? 'cancelled' : 'failed';
}
