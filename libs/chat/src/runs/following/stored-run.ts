import { type TextReader } from '#backpressure';
import { type Turn } from '../../model/turn.js';
import { isTakenOver } from '../../model/attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from '../../model/followable-run.js';
import { GrowingText } from '../../model/growing-text.js';
import { type StoredText } from '../../store/stored-text.js';

/** A run that has ended, read from the database. It does not change any more. */
export class StoredRun implements FollowableRun {
  readonly answer: TextReader;
  readonly isFinished = true;
  readonly isLost = false;

  /**
   * @param attempt the attempt that its text came from
   * @param storedText reads the answer if it is too long to be in the turn
   */
  constructor(
    readonly turn: Turn,
    readonly attempt: number,
    readonly storedText?: StoredText,
  ) {
    const answer = new GrowingText();
    answer.append(turn.reply.content);
    this.answer = storedText ?? answer;
  }

  get restart(): Restart | undefined {
    return isTakenOver(this.attempt) ? takenOver : undefined;
  }

  /** Does nothing: the run does not change. */
  listen(): () => void {
    return () => undefined;
  }
}
