import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type FollowableRun } from '../model/followable-run.js';
import { heartbeatComment } from './heartbeat-comment.js';
import { RunCursor } from './run-cursor.js';
import { type RunPosition } from '../model/run-position.js';

/** Buffered bytes of a reader above which no further window is produced. */
export const windowBytes = 16 * 1024;

/**
 * A run as a stream of server-sent events. Nothing is produced faster than the reader reads it: a stalled reader costs
 * one window, because the text stays in the run, or in the database, for all of its readers. Destroying the stream does
 * not stop the run.
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
   * @param after the position up to which the reader has everything
   * @param isOperator may the reader see addresses of LLM servers?
   */
  constructor(run: FollowableRun, heartbeatMs: number, after?: RunPosition, isOperator = false) {
    super({ highWaterMark: windowBytes });
    this.#cursor = new RunCursor(run, after, '', isOperator);
    this.#unlisten = run.listen(() => this.#produce());
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), heartbeatMs);
  }

  /**
   * Ends the stream without the run's end: its reader knows from that that it was cut.
   * @param patienceMs how long the reader may take for what was written already
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

  /** A stream whose text cannot be fetched is aborted: its reader resumes when the database is available again. */
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
    // Headers go out with the first bytes: a reader shall know that it is heard, although there is nothing to say yet.
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
