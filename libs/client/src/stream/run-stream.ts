import { ConnectionError, ProblemError } from '../errors.js';
import { type Message } from '../objects/message.js';
import { type Run } from '../objects/run.js';
import { type RunEvent } from '../objects/run-event.js';
import { AnswerText } from './answer-text.js';
import { backoffMs } from './backoff.js';
import { readEvents } from './read-events.js';
import { type ReadSoFar, type StreamOptions, type StreamSettings } from './stream-options.js';

/** How a stream's responses are asked for. */
export interface StreamSource {
  /** The first one. Asked for again as long as none was heard, so it has to be safe to repeat. */
  begin: (signal: AbortSignal) => Promise<Response>;
  /** What follows that position in that run; 204 when nothing does. */
  resume: (runId: string, position: string, signal: AbortSignal) => Promise<Response>;
}

/** A run that is over. */
export interface FinishedRun {
  /** The answer as it was stored; undefined when the stream was resumed after it. */
  message: Message | undefined;
  run: Run;
}

/** Answers to a request that may be different soon. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * The events of one run, each once and without a gap, over as many connections as it takes. To be iterated once.
 *
 * A stream that ends without `run.finished` was cut: it is resumed after the last event that was read. Leaving the
 * iteration, or aborting the signal, closes the connection and stops nothing on the server.
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
  #isTaken = false;

  constructor(
    source: StreamSource,
    settings: StreamSettings,
    { after, ...options }: StreamOptions & { after?: ReadSoFar | undefined } = {},
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

  /** The id of the last event that was read, to follow the run from there later; empty before the first. */
  get position(): string {
    return this.#position;
  }

  /**
   * Reads to the end.
   * @throws ProblemError; ConnectionError; the signal's reason when it aborts
   */
  async finished(): Promise<FinishedRun> {
    let message: Message | undefined;
    for await (const event of this) {
      if (event.type === 'run.finished') return { message, run: event.run };
      if ('message' in event && event.type !== 'message.created') message = event.message;
    }
    throw new ConnectionError('cut', 'The run was over before this position');
  }

  /** @throws ProblemError; ConnectionError when it is not worth trying again; the signal's reason when it aborts */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    if (this.#isTaken) throw new Error('A RunStream can be iterated once');
    this.#isTaken = true;
    let failures = 0;
    try {
      for (;;) {
        try {
          for await (const event of this.#connection()) {
            failures = 0;
            yield event;
            if (event.type === 'run.finished') return;
          }
          return;
        } catch (error) {
          this.#signal.throwIfAborted();
          failures += 1;
          await this.#pause(error, failures);
        }
      }
    } finally {
      this.#closing.abort();
    }
  }

  /** What one connection gives. Ends when the run has nothing more to tell; throws when it could have had. */
  async *#connection(): AsyncGenerator<RunEvent, void, undefined> {
    const response = await this.#open();
    if (response.status === 204 || response.body === null) return;
    this.#options.onConnection?.({ state: 'open' });
    for await (const events of readEvents(response.body, this.#settings.silenceMs)) {
      for (const { id, event } of events) {
        const news = this.#answer.accept(event);
        this.#position = id;
        this.#runId = event.run_id;
        if (news !== undefined) yield news;
      }
    }
    throw new ConnectionError('cut', 'The stream ended before the run did');
  }

  #open(): Promise<Response> {
    return this.#runId === undefined
      ? this.#source.begin(this.#signal)
      : this.#source.resume(this.#runId, this.#position, this.#signal);
  }

  /** @throws the error when trying again is of no use */
  async #pause(error: unknown, failures: number): Promise<void> {
    const { maxRetries, backoff, random, sleep } = this.#settings;
    if (!isPassing(error) || failures > maxRetries) throw error;
    const asked = error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
    const delayMs = Math.max(asked, backoffMs(failures, backoff, random()));
    this.#options.onConnection?.({ state: 'waiting', failures, delayMs, error });
    await sleep(delayMs, this.#signal);
  }
}

function isPassing(error: unknown): error is ProblemError | ConnectionError {
  if (error instanceof ProblemError) return error.retryable && passingStatuses.has(error.status);
  return error instanceof ConnectionError;
}
