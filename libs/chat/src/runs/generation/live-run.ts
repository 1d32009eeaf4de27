import { chatDefaults } from '../../options/chat-options.js';
import { type Turn } from '../../model/turn.js';
import { isTakenOver } from '../../model/attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from '../../model/followable-run.js';
import { GrowingText } from '../../model/growing-text.js';
import { nextStatus } from '../../model/run-state.js';

/**
 * Why a run is stopped before its end: it was cancelled; this replica stops and hands it over; or another replica has
 * claimed it.
 */
export type StopReason = 'cancelled' | 'handed_over' | 'lost';

/** The end of a run cannot be observed in this process. */
export class RunLostError extends Error {
  override readonly name = 'RunLostError';
  readonly code = 'run_lost';
  readonly retryable = true;

  /** @param reason `lost`: deleted, or claimed by another replica; `handed_over`: this replica stops */
  constructor(readonly reason: 'lost' | 'handed_over') {
    super(reason === 'lost' ? 'the run was deleted or taken over' : 'the run was handed over');
  }
}

/**
 * A run that this process generates, or that is queued here. Its readers keep a position in the text and no queue of
 * events, so a slow reader needs no memory.
 */
export class LiveRun implements FollowableRun {
  /** The attempt that the text comes from; increases when the text starts over. */
  attempt: number;
  /** The text so far; replaced when the text starts over. */
  answer = new GrowingText();
  restart: Restart | undefined;
  /** The checkpoint in progress; the end is stored after it. */
  checkpoint: Promise<void> | undefined;
  #turn: Turn;
  #isFinished = false;
  #isEnding = false;
  #isLost = false;
  #stopped: StopReason | undefined;
  readonly #finished = Promise.withResolvers<Turn>();
  readonly #admitted = Promise.withResolvers<void>();
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  readonly #since = performance.now();

  /**
   * @param firstAttempt the number of the first attempt on this replica; earlier ones were made by other replicas
   * @param owner the owner of its conversation
   */
  constructor(
    turn: Turn,
    firstAttempt = 1,
    readonly owner?: string,
  ) {
    this.#turn = turn;
    this.attempt = firstAttempt;
    if (isTakenOver(firstAttempt)) this.restart = takenOver;
    // A rejection must not count as unhandled if nothing awaits the end.
    this.#finished.promise.catch(() => undefined);
  }

  get id(): string {
    return this.#turn.run.id;
  }

  /** The turn as it began, and once the run has ended as it was stored. */
  get turn(): Turn {
    return this.#turn;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Whether it has run for longer than a checkpoint interval: shorter runs end before other replicas can follow them. */
  get mayBeFollowedRemotely(): boolean {
    return performance.now() - this.#since > chatDefaults.checkpointMs;
  }

  /** Whether it waits until earlier runs of its conversation have ended. */
  get isQueued(): boolean {
    return this.#turn.run.status === 'queued' && !this.#isFinished;
  }

  /** Resolves when a queued run may begin, or when it has to stop. */
  get admitted(): Promise<void> {
    return this.#admitted.promise;
  }

  /** Whether its end is being stored. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get text(): string {
    return this.answer.toString();
  }

  /** Why it has to stop; undefined if it need not. */
  get stopped(): StopReason | undefined {
    return this.#stopped;
  }

  /** Resolves when the end is stored. @throws RunLostError, or the error with which storing the end failed */
  get finished(): Promise<Turn> {
    return this.#finished.promise;
  }

  /** Aborted when the run has to stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Calls the listener on every change, synchronously. Returns a function that removes it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds text. */
  append(piece: string): void {
    this.answer.append(piece);
    this.#changed();
  }

  /** An attempt ended. If it had no text, the next one continues without a restart. */
  attemptEnded(attempt: number): void {
    if (attempt === this.attempt && this.answer.length === 0) this.attempt = attempt + 1;
  }

  /** Discards the text: another attempt begins. */
  startOver(attempt: number, restart: Restart): void {
    this.attempt = attempt;
    this.restart = restart;
    this.answer = new GrowingText();
    this.#changed();
  }

  /** From now on its text does not change. Resolves when no checkpoint is in progress. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.checkpoint;
  }

  /** Lets a queued run begin. */
  admit(): void {
    this.#admitted.resolve();
  }

  /** A queued run was stored as `in_progress`. */
  begin(): void {
    const { run, reply } = this.#turn;
    const status = nextStatus(run.status, { type: 'begun' });
    this.#turn = { ...this.#turn, run: { ...run, status }, reply: { ...reply, status } };
  }

  /** Stops the generation. The first reason counts. */
  stop(reason: StopReason): void {
    this.#stopped ??= reason;
    this.#abort.abort(reason);
    this.#admitted.resolve();
  }

  /** The end was stored. @param turn the stored turn */
  finish(turn: Turn): void {
    this.#turn = turn;
    this.#isFinished = true;
    this.#finished.resolve(turn);
    this.#changed();
  }

  /** The run continues or ended elsewhere, or its end could not be stored. */
  lose(error: Error): void {
    this.#isLost = true;
    this.#finished.reject(error);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
