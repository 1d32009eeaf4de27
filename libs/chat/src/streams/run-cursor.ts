import { type JsonPiece, jsonPieces, pieceChars, SlicedText } from '#backpressure';
import { type FollowableRun, type Restart } from '../model/followable-run.js';
import { runFor } from '../model/run.view.js';
import { type Message, type RunStatus } from '../model/message.entity.js';
import { type MessageEndedEvent, type RunEventMembers, type RunEventType } from '../model/run-event.js';
import { type RunEventCursor } from './event-source.js';
import { createdPosition, formatPosition, type RunPosition, startedPosition } from '../model/run-position.js';

/** The type of the event that ends the message, by the message's status. */
const endEventTypes: Readonly<Record<RunStatus, MessageEndedEvent['type']>> = {
  queued: 'message.incomplete',
  in_progress: 'message.incomplete',
  completed: 'message.completed',
  failed: 'message.failed',
  cancelled: 'message.cancelled',
  incomplete: 'message.incomplete',
};

/** For a run whose restarts are not known here: it was followed on another replica, or has ended. */
const unknownRestart: Restart = {
  endpoint: 'another endpoint',
  endpointLabel: 'another endpoint',
  reason: 'attempt_failed',
};

/**
 * One reader's position in a run, for `/api`. Returns the events that the reader has not received yet as server-sent events (WHATWG
 * HTML, section 9.2), a window of about 16 Ki characters at a time: a late or slow reader gets the same text in fewer,
 * larger deltas, and a larger event is sent in parts.
 */
export class RunCursor implements RunEventCursor {
  /** The view of the run that was passed to the last call of `next`. */
  #run!: FollowableRun;
  #isStarted = false;
  #isCreated = false;
  #isDone = false;
  #isFinished = false;
  /** The attempt that the reader has text of; undefined before it has any. */
  #attempt: number | undefined;
  /** UTF-16 code units of the attempt's text that the reader has received. */
  #offset = 0;
  /** The remaining parts of events that are larger than a window. */
  #rest: Iterator<JsonPiece> | undefined;
  readonly #prefix: string;
  readonly #isOperator: boolean;

  /**
   * @param after the position up to which the reader has received everything; no event is sent twice
   * @param prefix prefix of the event ids, for a stream that has several runs
   * @param isOperator whether the reader may see addresses of LLM servers
   */
  constructor(after?: RunPosition, prefix = '', isOperator = false) {
    this.#prefix = prefix;
    this.#isOperator = isOperator;
    if (after === undefined) return;
    this.#isStarted = true;
    this.#isCreated = after.attempt > startedPosition.attempt || after.offset > startedPosition.offset;
    if (after.attempt === startedPosition.attempt) return;
    this.#isDone = after.isDone ?? false;
    this.#offset = after.offset;
    if (after.offset > 0) this.#attempt = after.attempt;
  }

  /** Whether all events have been returned. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Ends the events without `run.finished`, after which the reader resumes with the id of the last event. */
  interrupt(): void {
    this.#isFinished = true;
    this.#rest = undefined;
  }

  /** See {@link RunEventCursor.next}. */
  next(run: FollowableRun): JsonPiece {
    this.#run = run;
    const part = this.#rest?.next();
    if (part?.done === false) return this.#partOf(part.value);
    this.#rest = undefined;
    this.#attempt ??= run.attempt;
    if (this.#isFinished || (this.#attempt > run.attempt && !run.isFinished)) return '';
    const before = this.#firstEvents();
    if (this.#rest !== undefined) return before === '' ? this.next(run) : before;
    const begun = before + this.#restartEvent();
    const text = run.answer.slice(this.#offset, pieceChars);
    return typeof text === 'string'
      ? this.#eventsAfter(begun, text)
      : text.then((slice) => this.#eventsAfter(begun, slice));
  }

  /** The last slice of a fetched text is empty, which is not the end of the events. */
  #partOf(part: JsonPiece): JsonPiece {
    return typeof part === 'string' ? part : part.then((text) => (text === '' ? this.next(this.#run) : text));
  }

  #firstEvents(): string {
    if (this.#isCreated) return '';
    const { run, user } = this.#run.turn;
    const begun = this.#isStarted
      ? ''
      : this.#event(formatPosition(startedPosition), 'run.started', { run: runFor(run, this.#isOperator) });
    this.#isStarted = this.#isCreated = true;
    const messages = { message: user, reply: this.#reply };
    const id = formatPosition(createdPosition);
    const isLong = this.#hasLongAnswer || user.content.length > pieceChars;
    if (!isLong) return begun + this.#event(id, 'message.created', messages);
    this.#rest = this.#parts(id, 'message.created', messages);
    return begun;
  }

  #restartEvent(): string {
    if (this.#attempt === this.#run.attempt) return '';
    const hadText = this.#offset > 0;
    this.#attempt = this.#run.attempt;
    this.#offset = 0;
    if (!hadText) return '';
    const { endpointLabel, reason, ...restart } = this.#run.restart ?? unknownRestart;
    return this.#event(this.#positionId, 'run.retrying', {
      attempt: this.#attempt,
      endpoint: this.#isOperator ? restart.endpoint : endpointLabel,
      reason,
      keep_chars: 0,
    });
  }

  /** @param text the next slice; empty if the reader has received all of the text so far */
  #eventsAfter(begun: string, text: string): JsonPiece {
    const events = begun + this.#delta(text);
    if (text !== '' && this.#hasMoreText) return events;
    if (!this.#run.isFinished) return events;
    if (this.#hasLongAnswer) {
      this.#rest = this.#longEnd();
      return events === '' ? this.next(this.#run) : events;
    }
    this.#isFinished = true;
    const { run, reply } = this.#run.turn;
    const done = this.#isDone
      ? ''
      : this.#event(`${this.#positionId}.done`, endEventTypes[reply.status], { message: reply });
    return (
      events +
      done +
      this.#event(`${this.#positionId}.end`, 'run.finished', { run: runFor(run, this.#isOperator) })
    );
  }

  /** True for a stored text as long as its end is not known: only the next fetch shows it. */
  get #hasMoreText(): boolean {
    const { storedText, answer } = this.#run;
    return storedText !== undefined || answer.slice(this.#offset, pieceChars) !== '';
  }

  #delta(text: string): string {
    if (text === '') return '';
    const offset = this.#offset;
    this.#offset += text.length;
    return this.#event(this.#positionId, 'message.delta', { offset, delta: text });
  }

  get #hasLongAnswer(): boolean {
    return this.#run.storedText !== undefined || this.#run.turn.reply.content.length > pieceChars;
  }

  /** The assistant's message; a long stored answer is read while it is sent. */
  get #reply(): Message {
    const { turn, storedText } = this.#run;
    return storedText === undefined
      ? turn.reply
      : { ...turn.reply, content: new SlicedText(storedText) as unknown as string };
  }

  *#longEnd(): Generator<JsonPiece, void> {
    const { turn } = this.#run;
    const ended = { message: this.#reply };
    if (!this.#isDone)
      yield* this.#parts(`${this.#positionId}.done`, endEventTypes[turn.reply.status], ended);
    this.#isFinished = true;
    yield this.#event(`${this.#positionId}.end`, 'run.finished', { run: runFor(turn.run, this.#isOperator) });
  }

  get #positionId(): string {
    return formatPosition({ attempt: this.#attempt!, offset: this.#offset });
  }

  #event<T extends RunEventType>(id: string, type: T, members: RunEventMembers<T>): string {
    return `${this.#head(id, type)}${JSON.stringify(this.#data(type, members))}\n\n`;
  }

  *#parts<T extends RunEventType>(
    id: string,
    type: T,
    members: RunEventMembers<T>,
  ): Generator<JsonPiece, void> {
    yield this.#head(id, type);
    yield* jsonPieces(this.#data(type, members));
    yield '\n\n';
  }

  #head(id: string, type: RunEventType): string {
    return `id: ${this.#prefix}${id}\nevent: ${type}\ndata: `;
  }

  #data<T extends RunEventType>(type: T, members: RunEventMembers<T>): object {
    const { run, reply } = this.#run.turn;
    return { type, run_id: run.id, message_id: reply.id, ...members };
  }
}
