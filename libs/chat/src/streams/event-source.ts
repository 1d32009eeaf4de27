import { type JsonPiece } from '#backpressure';
import { type FollowableRun } from '../model/followable-run.js';

/** What an {@link SseStream} sends: encoded server-sent events, as many as are available. */
export interface EventSource {
  /**
   * The next events, about 16 Ki characters at a time; empty while there are none. A promise if they have to be fetched; it
   * must settle before the next call. Rejects if they cannot be fetched.
   */
  next(): JsonPiece;
  /** Whether all events were returned. */
  readonly isFinished: boolean;
  /** Sets the function to call when there may be new events. Call it once. */
  listen(listener: () => void): void;
  /** Ends the source early. Afterwards `next` returns what its format requires for an early end, then `isFinished` is true. */
  interrupt(): void;
  /** Removes all listeners. */
  close(): void;
}

/**
 * One reader's position in a run, which encodes the events from there on in the format of one API. All readers share the
 * text of the run; a cursor holds no copy.
 */
export interface RunEventCursor<R extends FollowableRun = FollowableRun> {
  /** See {@link EventSource.next}. @param run may differ between calls, but must show the same run */
  next(run: R): JsonPiece;
  readonly isFinished: boolean;
  /** See {@link EventSource.interrupt}. */
  interrupt(): void;
}
