import { type JsonPiece } from '#backpressure';
import { type FollowableRun } from '../model/followable-run.js';
import { type EventSource, type RunEventCursor } from './event-source.js';

/**
 * Follows one run for one reader, whether this process generates it, another replica does, or it is not stored at all.
 */
export class RunSubscription<R extends FollowableRun = FollowableRun> implements EventSource {
  #run: R;
  #listener: (() => void) | undefined;
  #removeListener: (() => void) | undefined;
  #isClosed = false;
  readonly #cursor: RunEventCursor<R>;
  readonly #relocate: (() => Promise<R | undefined>) | undefined;

  /**
   * @param relocate finds the run again after another replica took it over; undefined if it was deleted. Without it, the
   * events end where the run was lost
   */
  constructor(run: R, cursor: RunEventCursor<R>, relocate?: () => Promise<R | undefined>) {
    this.#run = run;
    this.#cursor = cursor;
    this.#relocate = relocate;
  }

  get isFinished(): boolean {
    return this.#cursor.isFinished;
  }

  listen(listener: () => void): void {
    this.#listener = listener;
    this.#removeListener = this.#run.listen(listener);
  }

  next(): JsonPiece {
    const events = this.#cursor.next(this.#run);
    return typeof events === 'string'
      ? this.#orRelocated(events)
      : events.then((text) => this.#orRelocated(text));
  }

  interrupt(): void {
    this.#cursor.interrupt();
  }

  close(): void {
    this.#isClosed = true;
    this.#removeListener?.();
  }

  /** @param events empty if the cursor has returned everything that this view of the run shows */
  #orRelocated(events: string): JsonPiece {
    if (events !== '' || !this.#run.isLost || this.#cursor.isFinished || this.#isClosed) return events;
    return this.#relocate === undefined ? this.#interrupted() : this.#relocated(this.#relocate);
  }

  async #relocated(relocate: () => Promise<R | undefined>): Promise<string> {
    const run = await relocate();
    if (this.#isClosed) return '';
    if (run === undefined) return this.#interrupted();
    this.#removeListener?.();
    this.#run = run;
    if (this.#listener !== undefined) this.#removeListener = run.listen(this.#listener);
    return this.next();
  }

  #interrupted(): JsonPiece {
    this.#cursor.interrupt();
    return this.#cursor.next(this.#run);
  }
}
