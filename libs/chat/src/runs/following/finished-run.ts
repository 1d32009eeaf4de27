import { type Turn } from '../../turns/turn.js';
import { isTakenOver } from '../generation/attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from './followable-run.js';

/** A run that is over, out of the database: everything of it is there, and nothing will change. */
export class FinishedRun implements FollowableRun {
  readonly pieces: readonly string[];
  readonly isOver = true;
  readonly isLost = false;

  /** @param attempt the one that its text came from */
  constructor(
    readonly turn: Turn,
    readonly attempt: number,
  ) {
    this.pieces = turn.reply.content === '' ? [] : [turn.reply.content];
  }

  get restart(): Restart | undefined {
    return isTakenOver(this.attempt) ? takenOver : undefined;
  }

  listen(): () => void {
    return () => undefined;
  }
}
