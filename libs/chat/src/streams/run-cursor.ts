import { type FollowableRun, type Restart } from '../runs/following/followable-run.js';
import { runFor } from '../runs/run.view.js';
import { type RunStatus } from '../messages/message.entity.js';
import { created, formatPosition, type RunPosition, started } from './run-position.js';

/** The name of the event that ends the message, by the status it ends in. */
const endings: Readonly<Record<RunStatus, string>> = {
  queued: 'message.incomplete',
  in_progress: 'message.incomplete',
  completed: 'message.completed',
  failed: 'message.failed',
  cancelled: 'message.cancelled',
  incomplete: 'message.incomplete',
};

/** Of a run that was followed from elsewhere, or after its end. */
const unknownRestart: Restart = {
  endpoint: 'another endpoint',
  endpointLabel: 'another endpoint',
  reason: 'attempt_failed',
};

/**
 * One reader's place in a run. Gives everything since the last call as server-sent events (WHATWG HTML, section 9.2),
 * so that a reader who comes late or reads slowly gets the same text in fewer, larger deltas.
 */
export class RunCursor {
  readonly #run: FollowableRun;
  readonly #ids: string;
  #isStarted = false;
  #isCreated = false;
  #isDone = false;
  #over = false;
  #attempt: number;
  #piece = 0;
  /** Characters of the pieces that the reader has already. */
  #skip = 0;
  #offset = 0;

  /**
   * @param after the reader has everything up to there; it is told nothing twice
   * @param prefix of the event ids, where one stream tells of several runs
   * @param isOperator may the reader see addresses of LLM servers?
   */
  constructor(
    run: FollowableRun,
    after?: RunPosition,
    private readonly prefix = '',
    private readonly isOperator = false,
  ) {
    this.#run = run;
    this.#ids = `"run_id":"${run.turn.run.id}","message_id":"${run.turn.reply.id}"`;
    this.#attempt = run.attempt;
    if (after === undefined) return;
    this.#isStarted = true;
    this.#isCreated = after.attempt > started.attempt || after.offset > started.offset;
    if (after.attempt === started.attempt) return;
    this.#isDone = after.isDone ?? false;
    this.#offset = this.#skip = after.offset;
    if (after.offset > 0) this.#attempt = after.attempt;
  }

  /** What the reader has; undefined while it has nothing. */
  get position(): RunPosition | undefined {
    return this.#isCreated ? { attempt: this.#attempt, offset: this.#offset } : undefined;
  }

  /** Nothing will follow. */
  get isOver(): boolean {
    return this.#over;
  }

  /** The events since the last call; empty if there are none. */
  next(): string {
    if (this.#over || this.#isAhead) return '';
    const events = this.#beginning() + this.#restart() + this.#delta() + this.#end();
    this.#over ||= this.#run.isLost;
    return events;
  }

  /** The reader has seen more on another replica than is known of the run here yet. */
  get #isAhead(): boolean {
    const { attempt, isOver, isLost } = this.#run;
    return this.#attempt > attempt && !isOver && !isLost;
  }

  #beginning(): string {
    if (this.#isCreated) return '';
    const { run, user, reply } = this.#run.turn;
    const told = this.#isStarted
      ? ''
      : this.#event(
          formatPosition(started),
          'run.started',
          `"run":${JSON.stringify(runFor(run, this.isOperator))}`,
        );
    this.#isStarted = this.#isCreated = true;
    const messages = `"message":${JSON.stringify(user)},"reply":${JSON.stringify(reply)}`;
    return told + this.#event(formatPosition(created), 'message.created', messages);
  }

  #restart(): string {
    if (this.#attempt === this.#run.attempt) return '';
    const hadText = this.#offset > 0;
    this.#attempt = this.#run.attempt;
    this.#piece = this.#offset = this.#skip = 0;
    if (!hadText) return '';
    const { endpointLabel, reason, ...restart } = this.#run.restart ?? unknownRestart;
    const endpoint = this.isOperator ? restart.endpoint : endpointLabel;
    const why = `"attempt":${this.#attempt},"endpoint":${JSON.stringify(endpoint)},"reason":${JSON.stringify(reason)}`;
    return this.#event(this.#place, 'run.retrying', `${why},"keep_chars":0`);
  }

  #delta(): string {
    const text = this.#unread();
    if (text === '') return '';
    const offset = this.#offset;
    this.#offset += text.length;
    return this.#event(this.#place, 'message.delta', `"offset":${offset},"delta":${JSON.stringify(text)}`);
  }

  /** What has come since the last look, without what the reader had before. */
  #unread(): string {
    const { pieces } = this.#run;
    if (this.#piece === pieces.length) return '';
    const text =
      this.#piece + 1 === pieces.length ? pieces[this.#piece]! : pieces.slice(this.#piece).join('');
    this.#piece = pieces.length;
    const known = Math.min(this.#skip, text.length);
    this.#skip -= known;
    return known === 0 ? text : text.slice(known);
  }

  #end(): string {
    if (!this.#run.isOver) return '';
    this.#over = true;
    const { run, reply } = this.#run.turn;
    const told = this.#isDone
      ? ''
      : this.#event(`${this.#place}.done`, endings[reply.status], `"message":${JSON.stringify(reply)}`);
    return (
      told +
      this.#event(
        `${this.#place}.end`,
        'run.finished',
        `"run":${JSON.stringify(runFor(run, this.isOperator))}`,
      )
    );
  }

  get #place(): string {
    return formatPosition({ attempt: this.#attempt, offset: this.#offset });
  }

  #event(id: string, type: string, members: string): string {
    return `id: ${this.prefix}${id}\nevent: ${type}\ndata: {"type":"${type}",${this.#ids},${members}}\n\n`;
  }
}
