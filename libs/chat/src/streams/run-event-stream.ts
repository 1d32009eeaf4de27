import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type FollowableRun } from '../model/followable-run.js';
import { heartbeatComment } from './heartbeat-comment.js';
import { RunCursor } from './run-cursor.js';
import { type RunPosition } from '../model/run-position.js';

/** Bytes buffered for a reader at which no further window of events is produced. */
export const windowBytes = 16 * 1024;

/**
 * A run as a stream of server-sent events. Events are produced only as fast as the reader reads them: a stalled reader
 * costs one window, because all readers share the text in the run or in the database. Destroying the stream does not stop
 * the run.
 */
export class RunEventStream extends Readable {
  readonly #cursor: RunCursor;
  readonly #unlisten: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #isReadPending = false;
  #isFetching = false;
  #isEnded = false;
  #hasSentBytes = false;

  /**
   * @param heartbeatMs time without events after which a comment is sent
   * @param after the position up to which the reader has received everything
   * @param isOperator whether the reader may see addresses of LLM servers
   */
  constructor(run: FollowableRun, heartbeatMs: number, after?: RunPosition, isOperator = false) {
    super({ highWaterMark: windowBytes });
    this.#cursor = new RunCursor(run, after, '', isOperator);
    this.#unlisten = run.listen(() => this.#produce());
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), heartbeatMs);
  }

  /**
   * Ends the stream, usually before `run.finished`, so that the reader resumes elsewhere. Resolves when it is closed.
   * @param timeoutMs how long the reader may take to read what has been written; then its connection is destroyed
   */
  async endWithin(timeoutMs: number): Promise<void> {
    if (this.closed) return;
    if (!this.#isEnded) this.#endStream();
    const timer = setTimeout(() => this.destroy(), timeoutMs);
    await once(this, 'close');
    clearTimeout(timer);
  }

  override _read(): void {
    this.#isReadPending = true;
    this.#produce();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#unlisten();
    clearInterval(this.#heartbeat);
    callback(error);
  }

  #produce(): void {
    if (!this.#isReadPending || this.#isEnded || this.#isFetching) return;
    const events = this.#cursor.next();
    if (typeof events === 'string') this.#pushEvents(events);
    else this.#pushWhenFetched(events);
  }

  /** A stream whose text cannot be fetched ends early: the reader resumes when the database is available again. */
  #pushWhenFetched(events: Promise<string>): void {
    this.#isFetching = true;
    void events
      .finally(() => (this.#isFetching = false))
      .then(
        (text) => this.#pushEvents(text),
        () => this.#endStream(),
      );
  }

  #pushEvents(events: string): void {
    if (this.#isEnded || this.destroyed) return;
    if (events !== '') {
      this.#isReadPending = false;
      this.push(events);
      this.#heartbeat.refresh();
    }
    if (this.#cursor.isFinished) this.#endStream();
    // The response headers are sent with the first bytes: the client sees at once that the stream is open.
    else if (events === '' && !this.#hasSentBytes) this.#sendHeartbeat();
    this.#hasSentBytes = true;
  }

  #endStream(): void {
    if (this.#isEnded || this.destroyed) return;
    this.#isEnded = true;
    this.#unlisten();
    this.push(null);
  }

  #sendHeartbeat(): void {
    if (this.#isReadPending && !this.#isEnded) this.push(heartbeatComment);
  }
}
