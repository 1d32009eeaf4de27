import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type FollowableRun } from '../model/followable-run.js';
import { comment } from './comment.js';
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
  #wanted = false;
  #isFetching = false;
  #isOver = false;
  #isGreeted = false;

  /**
   * @param after the position up to which the reader has everything
   * @param isOperator may the reader see addresses of LLM servers?
   */
  constructor(run: FollowableRun, heartbeatMs: number, after?: RunPosition, isOperator = false) {
    super({ highWaterMark: windowBytes });
    this.#cursor = new RunCursor(run, after, '', isOperator);
    this.#unlisten = run.listen(() => this.#feed());
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
  }

  /**
   * Ends the stream without the run's end: its reader knows from that that it was cut.
   * @param patienceMs how long the reader may take for what was written already
   */
  async cut(patienceMs: number): Promise<void> {
    if (this.closed) return;
    if (!this.#isOver) this.#endStream();
    const timer = setTimeout(() => this.destroy(), patienceMs);
    await once(this, 'close');
    clearTimeout(timer);
  }

  override _read(): void {
    this.#wanted = true;
    this.#feed();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#unlisten();
    clearInterval(this.#heartbeat);
    callback(error);
  }

  #feed(): void {
    if (!this.#wanted || this.#isOver || this.#isFetching) return;
    const events = this.#cursor.next();
    if (typeof events === 'string') this.#give(events);
    else this.#await(events);
  }

  /** A stream whose text cannot be fetched is aborted: its reader resumes when the database is available again. */
  #await(events: Promise<string>): void {
    this.#isFetching = true;
    void events
      .finally(() => (this.#isFetching = false))
      .then(
        (text) => this.#give(text),
        () => this.#endStream(),
      );
  }

  #give(events: string): void {
    if (this.#isOver || this.destroyed) return;
    if (events !== '') {
      this.#wanted = false;
      this.push(events);
      this.#heartbeat.refresh();
    }
    if (this.#cursor.isOver) this.#endStream();
    // Headers go out with the first bytes: a reader shall know that it is heard, although there is nothing to say yet.
    else if (events === '' && !this.#isGreeted) this.#beat();
    this.#isGreeted = true;
  }

  #endStream(): void {
    if (this.#isOver || this.destroyed) return;
    this.#isOver = true;
    this.#unlisten();
    this.push(null);
  }

  #beat(): void {
    if (this.#wanted && !this.#isOver) this.push(comment);
  }
}
