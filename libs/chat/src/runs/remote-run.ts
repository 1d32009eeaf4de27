import { type Turn } from '../turns/turn.js';
import { isTakenOver } from './attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from './followable-run.js';

/** What the database knows of a run at one moment. */
export interface RunSnapshot {
  turn: Turn;
  /** The attempt that the text comes from. */
  attempt: number;
  /** All of its text so far. */
  text: string;
  isOver: boolean;
}

/** A run that another replica carries out, as far as the database tells of it. */
export class RemoteRun implements FollowableRun {
  attempt: number;
  pieces: string[];
  #turn: Turn;
  #isOver = false;
  #isLost = false;
  #chars: number;
  readonly #listeners = new Set<() => void>();

  constructor({ turn, attempt, text }: RunSnapshot) {
    this.#turn = turn;
    this.attempt = attempt;
    this.pieces = text === '' ? [] : [text];
    this.#chars = text.length;
  }

  get restart(): Restart | undefined {
    return isTakenOver(this.attempt) ? takenOver : undefined;
  }

  get turn(): Turn {
    return this.#turn;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The database has been looked at again; undefined: the run is gone. */
  update(snapshot: RunSnapshot | undefined): void {
    if (snapshot === undefined) {
      this.#isLost = true;
    } else {
      if (snapshot.attempt !== this.attempt) {
        this.attempt = snapshot.attempt;
        this.pieces = [];
        this.#chars = 0;
      }
      if (snapshot.text.length > this.#chars) this.pieces.push(snapshot.text.slice(this.#chars));
      this.#chars = Math.max(this.#chars, snapshot.text.length);
      this.#isOver = snapshot.isOver;
      this.#turn = snapshot.turn;
    }
    for (const listener of this.#listeners) listener();
  }
}
