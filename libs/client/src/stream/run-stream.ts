import { ConnectionError, ProblemError } from '../errors.js';
import { type Message } from '../objects/message.js';
import { type Run } from '../objects/run.js';
import { type RunEvent } from '../objects/run-event.js';
import { AnswerText } from './answer-text.js';
import { backoffMs } from './backoff.js';
import { openGate } from './connection-gate.js';
import { readEvents } from './read-events.js';
import { type ResumePoint, type StreamOptions, type StreamSettings } from './stream-options.js';

/** Sends the requests of a stream. */
export interface StreamSource {
  /** The first request. It is repeated until an event arrives, so it has to be idempotent. */
  begin: (signal: AbortSignal) => Promise<Response>;
  /** Requests the events after a position of a run; status 204 if there are none. */
  resume: (runId: string, position: string, signal: AbortSignal) => Promise<Response>;
}

/** The result of a finished run. */
export interface RunResult {
  /** The stored answer; undefined if the stream was resumed after the event that has it. */
  message: Message | undefined;
  run: Run;
}

/** Statuses of temporary failures. */
const transientStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * The events of one run, each once and without gaps. It can be iterated once.
 *
 * A response that ends without `run.finished` was cut: the stream reconnects and resumes after the last event that was
 * read. Leaving the iteration or aborting the signal closes the connection; the run continues on the server.
 */
export class RunStream implements AsyncIterable<RunEvent> {
  readonly #source: StreamSource;
  readonly #settings: StreamSettings;
  readonly #options: StreamOptions;
  readonly #answer: AnswerText;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  #runId: string | undefined;
  #position: string;
  #isIterated = false;

  constructor(
    source: StreamSource,
    settings: StreamSettings,
    { after, ...options }: StreamOptions & { after?: ResumePoint | undefined } = {},
  ) {
    this.#answer = new AnswerText(after?.text);
    this.#position = after?.position ?? '';
    this.#source = source;
    this.#settings = settings;
    this.#options = options;
    this.#signal = options.signal
      ? AbortSignal.any([options.signal, this.#closing.signal])
      : this.#closing.signal;
  }

  /** The text of the answer so far. */
  get text(): string {
    return this.#answer.value;
  }

  /** Undefined until the first event. */
  get runId(): string | undefined {
    return this.#runId;
  }

  /** The id of the last event that was read, for {@link ResumePoint}; empty before the first. */
  get position(): string {
    return this.#position;
  }

  /**
   * Reads to the end of the run.
   * @throws ProblemError; ConnectionError; the reason of an aborted signal
   */
  async finished(): Promise<RunResult> {
    let message: Message | undefined;
    for await (const event of this) {
      if (event.type === 'run.finished') return { message, run: event.run };
      if ('message' in event && event.type !== 'message.created') message = event.message;
    }
    throw new ConnectionError('cut', 'The run has no events after this position');
  }

  /** @throws ProblemError, ConnectionError after a permanent failure or too many retries; the reason of an aborted signal */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    if (this.#isIterated) throw new Error('A RunStream can be iterated once');
    this.#isIterated = true;
    let failures = 0;
    const gate = this.#options.gate ?? openGate;
    try {
      for (;;) {
        const permit = await gate.acquire(this.#signal);
        try {
          for await (const event of this.#connection(AbortSignal.any([this.#signal, permit.revoked]))) {
            failures = 0;
            yield event;
            if (event.type === 'run.finished') return;
          }
          return;
        } catch (error) {
          this.#signal.throwIfAborted();
          if (permit.revoked.aborted) continue;
          failures += 1;
          permit.release();
          await this.#pause(error, failures);
        } finally {
          permit.release();
        }
      }
    } finally {
      this.#closing.abort();
    }
  }

  /** The new events of one connection. Returns if the run has no more events. @throws ConnectionError `cut` if it may have */
  async *#connection(signal: AbortSignal): AsyncGenerator<RunEvent, void, undefined> {
    const response = await this.#open(signal);
    if (response.status === 204 || response.body === null) return;
    this.#options.onConnection?.({ state: 'open' });
    for await (const events of readEvents(response.body, this.#settings.silenceMs)) {
      for (const { id, event } of events) {
        const fresh = this.#answer.accept(event);
        this.#position = id;
        this.#runId = event.run_id;
        if (fresh !== undefined) yield fresh;
      }
    }
    throw new ConnectionError('cut', 'The stream ended before the run finished');
  }

  #open(signal: AbortSignal): Promise<Response> {
    return this.#runId === undefined
      ? this.#source.begin(signal)
      : this.#source.resume(this.#runId, this.#position, signal);
  }

  /** Waits before a retry. @throws the error if it is permanent, or after too many retries */
  async #pause(error: unknown, failures: number): Promise<void> {
    const { maxRetries, backoff, random, sleep } = this.#settings;
    if (!isTransient(error) || failures > maxRetries) throw error;
    const requestedMs = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(requestedMs, backoffMs(failures, backoff, random()));
    this.#options.onConnection?.({ state: 'waiting', failures, delayMs, error });
    await sleep(delayMs, this.#signal);
  }
}

function isTransient(error: unknown): error is ProblemError | ConnectionError {
  if (error instanceof ProblemError) return error.retryable && transientStatuses.has(error.status);
  return error instanceof ConnectionError;
}
