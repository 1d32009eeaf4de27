import { type Turn } from '../../turns/turn.js';

/** Why the text of a run starts over. */
export interface Restart {
  /** The address of the endpoint that is asked now, for operators. */
  endpoint: string;
  /** What callers may know it by. */
  endpointLabel: string;
  reason: string;
}

/** Its replica died or stopped; which endpoint the one that goes on will ask is not known yet. */
export const takenOver: Restart = {
  endpoint: 'another endpoint',
  endpointLabel: 'another endpoint',
  reason: 'server_restart',
};

/** A run as its listeners see it, wherever it is carried out: here, on another replica, or nowhere any more. */
export interface FollowableRun {
  /** The turn as it was begun, and once the run is over as it was stored. */
  readonly turn: Turn;
  /** The attempt that the text comes from; it grows when the text starts over. */
  readonly attempt: number;
  /** The text so far, as it came; another array when the text starts over. */
  readonly pieces: readonly string[];
  readonly restart: Restart | undefined;
  readonly isOver: boolean;
  /** Nobody will hear the end of it here. */
  readonly isLost: boolean;
  /** Calls back on every change. Returns how to stop that. */
  listen(listener: () => void): () => void;
}
