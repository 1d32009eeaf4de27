import { type Turn } from '../../model/turn.js';
import { isTakenOver } from '../../model/attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from '../../model/followable-run.js';
import { GrowingText } from '../../model/growing-text.js';
import { type KnownText } from '../../store/poll-runs.js';

/** A run that another replica generates, with the text that the database has of it. */
export class RemoteRun implements FollowableRun {
  attempt = 1;
  answer = new GrowingText();
  #turn: Turn;
  #isFinished = false;
  #isLost = false;
  readonly #listeners = new Set<() => void>();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  get turn(): Turn {
    return this.#turn;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get restart(): Restart | undefined {
    return isTakenOver(this.attempt) ? takenOver : undefined;
  }

  /** Whether it has readers. */
  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** The part of its text that is known. */
  get known(): KnownText {
    return { id: this.#turn.run.id, attempt: this.attempt, chars: this.answer.length };
  }

  /** See {@link FollowableRun.listen}. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Adds text.
   * @param content the text after the known part; the whole text if the attempt is a new one
   */
  update(attempt: number, content: string): void {
    if (attempt === this.attempt && content === '') return;
    this.#setText(attempt, content);
    this.#changed();
  }

  /**
   * The run has ended.
   * @param turn the stored turn
   * @param attempt the attempt that its text came from
   */
  end(turn: Turn, attempt: number): void {
    const { content } = turn.reply;
    this.#setText(attempt, attempt === this.attempt ? content.slice(this.answer.length) : content);
    this.#turn = turn;
    this.#isFinished = true;
    this.#changed();
  }

  /** The run was deleted. */
  lose(): void {
    this.#isLost = true;
    this.#changed();
  }

  #setText(attempt: number, content: string): void {
    if (attempt !== this.attempt) {
      this.attempt = attempt;
      this.answer = new GrowingText();
    }
    this.answer.append(content);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
