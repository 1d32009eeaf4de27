import { type TextReader } from '#backpressure';
import { type Turn } from './turn.js';

/** Why the text of a run starts over. */
export interface Restart {
  /** The address of the endpoint that is asked now, for operators. */
  endpoint: string;
  /** Its name for callers. */
  endpointLabel: string;
  reason: string;
}

/** Its replica died or stopped; which endpoint the one that goes on will ask is not known yet. */
export const takenOver: Restart = {
  endpoint: 'another endpoint',
  endpointLabel: 'another endpoint',
  reason: 'server_restart',
};

/** A text that is too long to be held in memory, and is read in slices. */
export interface LongText extends TextReader {
  /** Length in UTF-16 code units. */
  length(): Promise<number>;
}

/** A run as its listeners see it, wherever it is carried out: here, on another replica, or nowhere any more. */
export interface FollowableRun {
  /** The turn as it was begun; once the run is over, as it was stored. For a long answer see `storedText`. */
  readonly turn: Turn;
  /** The attempt that the text comes from; it grows when the text starts over. */
  readonly attempt: number;
  /** The text so far; another reader when the text starts over. */
  readonly answer: TextReader;
  /** Reads the stored answer if it is too long for `turn.reply.content`, which is then empty. */
  readonly storedText?: LongText | undefined;
  readonly restart: Restart | undefined;
  readonly isFinished: boolean;
  /** Nobody will hear the end of it here. */
  readonly isLost: boolean;
  /** Calls back on every change. Returns how to stop that. */
  listen(listener: () => void): () => void;
}
