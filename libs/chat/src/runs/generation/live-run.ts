import { chatDefaults } from '../../options/chat-options.js';
import { type Turn } from '../../model/turn.js';
import { isTakenOver } from '../../model/attempt-numbers.js';
import { type FollowableRun, type Restart, takenOver } from '../../model/followable-run.js';
import { GrowingText } from '../../model/growing-text.js';
import { nextStatus } from '../../model/run-state.js';

/**
 * Why a run is stopped here before its end: somebody cancelled it; this replica stops, and another one shall go on; this
 * replica was taken for dead, and another one has it already.
 */
export type StopReason = 'cancelled' | 'handed_over' | 'lost';

/** Nobody will hear the end of this run here. */
export class RunLostError extends Error {
  override readonly name = 'RunLostError';
  readonly code = 'run_lost';
  readonly retryable = true;

  /** @param reason lost: it was deleted, or taken over; handed over: this replica stops */
  constructor(readonly reason: 'lost' | 'handed_over') {
    super(reason === 'lost' ? 'the run was deleted or taken over' : 'the run was handed over');
  }
}

/**
 * A run of this process as its listeners see it. A listener holds a position in the text, not a queue of events, so
 * that a slow one costs nothing: whatever it has not read is still here.
 */
export class LiveRun implements FollowableRun {
  /** The attempt that the text comes from; it grows when the text starts over. */
  attempt: number;
  /** The text so far; replaced when the text starts over. */
  answer = new GrowingText();
  restart: Restart | undefined;
  /** While a stretch of its text is on the way to the database; the end is written after it. */
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
   * @param firstAttempt the number of the first attempt on this replica; earlier ones were made on another one
   * @param owner of its conversation
   */
  constructor(
    turn: Turn,
    firstAttempt = 1,
    readonly owner?: string,
  ) {
    this.#turn = turn;
    this.attempt = firstAttempt;
    if (isTakenOver(firstAttempt)) this.restart = takenOver;
    // Nobody has to wait for the end; a failure that nobody waits for is no unhandled one.
    this.#finished.promise.catch(() => undefined);
  }

  get id(): string {
    return this.#turn.run.id;
  }

  /** The turn as it was begun, and once the run is over as it was stored. */
  get turn(): Turn {
    return this.#turn;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** It has been going on for so long that other replicas may follow it; a shorter one they find finished. */
  get mayBeFollowedRemotely(): boolean {
    return performance.now() - this.#since > chatDefaults.checkpointMs;
  }

  /** Its turn in its conversation has not come. */
  get isQueued(): boolean {
    return this.#turn.run.status === 'queued' && !this.#isFinished;
  }

  /** Resolves when its turn has come, or when it has to stop. */
  get admitted(): Promise<void> {
    return this.#admitted.promise;
  }

  /** Its end is being written. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  get text(): string {
    return this.answer.toString();
  }

  /** Why it was told to stop, if it was. */
  get stopped(): StopReason | undefined {
    return this.#stopped;
  }

  /** Resolves when the end is stored. @throws RunLostError, or what kept the end from being stored */
  get finished(): Promise<Turn> {
    return this.#finished.promise;
  }

  /** Aborted when the run has to stop; everything done for it listens. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Calls back on every change, synchronously. Returns how to stop that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(piece: string): void {
    this.answer.append(piece);
    this.#changed();
  }

  /** The attempt that was to give the text ended before it had shown anything: nobody has to know. */
  attemptEnded(attempt: number): void {
    if (attempt === this.attempt && this.answer.length === 0) this.attempt = attempt + 1;
  }

  startOver(attempt: number, restart: Restart): void {
    this.attempt = attempt;
    this.restart = restart;
    this.answer = new GrowingText();
    this.#changed();
  }

  /** From now on its text does not change, and is written with its end. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.checkpoint;
  }

  /** Its turn has come. */
  admit(): void {
    this.#admitted.resolve();
  }

  /** It is written down that it has begun. */
  begin(): void {
    const { run, reply } = this.#turn;
    const status = nextStatus(run.status, { type: 'begun' });
    this.#turn = { ...this.#turn, run: { ...run, status }, reply: { ...reply, status } };
  }

  /** Frees the connection to the LLM; a cancelled run keeps what there is of its answer. */
  stop(reason: StopReason): void {
    this.#stopped ??= reason;
    this.#abort.abort(reason);
    this.#admitted.resolve();
  }

  finish(turn: Turn): void {
    this.#turn = turn;
    this.#isFinished = true;
    this.#finished.resolve(turn);
    this.#changed();
  }

  /** Ends what is heard of it here, without an end. */
  lose(error: Error): void {
    this.#isLost = true;
    this.#finished.reject(error);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
