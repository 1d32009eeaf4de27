import { type TextReader } from '#backpressure';
import { type Turn } from './turn.js';

/** Why the text of a run starts over. */
export interface Restart {
  /** The address of the endpoint that is used now, for operators. */
  endpoint: string;
  /** Its name for callers. */
  endpointLabel: string;
  /** The error code of the failed attempt, or `server_restart`. */
  reason: string;
}

/** The restart of a run whose replica died or stopped. Which endpoint the next replica will use is not known yet. */
export const takenOver: Restart = {
  endpoint: 'another endpoint',
  endpointLabel: 'another endpoint',
  reason: 'server_restart',
};

/** A stored text that is read in slices, because it is too long to keep in memory. */
export interface LongText extends TextReader {
  /** Length in UTF-16 code units. */
  length(): Promise<number>;
}

/** A run as its readers see it: generated in this process, on another replica, or stored after its end. */
export interface FollowableRun {
  /** The turn as it began, and once the run has ended as it was stored. For a long answer see `storedText`. */
  readonly turn: Turn;
  /** The attempt that the text comes from; it grows when the text starts over. */
  readonly attempt: number;
  /** The text so far; another reader when the text starts over. */
  readonly answer: TextReader;
  /** Reads the stored answer if it is too long for `turn.reply.content`, which is then empty. */
  readonly storedText?: LongText | undefined;
  /** Why the text started over most recently; undefined if it never did. */
  readonly restart: Restart | undefined;
  readonly isFinished: boolean;
  /** Whether its end cannot be observed here: the run was deleted, or another replica has it. */
  readonly isLost: boolean;
  /** Calls the listener on every change. Returns a function that removes it. */
  listen(listener: () => void): () => void;
}
