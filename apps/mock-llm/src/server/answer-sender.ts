import { type Action } from '../answer/action.js';
import { type AnswerPlan, type Outcome } from '../answer/answer-plan.js';
import { chunkFrames } from '../answer/guide-frames.js';
import { tokensDue } from './tokens-due.js';
import { type Ticker } from './ticker.js';

/** The connection that an answer is written to. */
export interface AnswerConnection {
  /** Bytes that the operating system has not accepted yet. */
  readonly backlogBytes: number;
  sendText(data: string): void;
  perform(action: Action): void;
  /** Sends the frames of `write` in one TCP write. */
  batch(write: () => void): void;
}

/** Most tokens per iteration of the event loop. */
const BURST = 512;
/** Backlog at which an answer pauses until the client reads. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** Executes one plan, until its end or `cancel()`; then no timer is left. */
export class AnswerSender {
  #startedAt = 0;
  #faultDone = false;
  #hasEnded = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  readonly #chunk: (text: string) => string;
  readonly #onTick = () => {
    const next = this.#advance();
    if (next === 'soon') this.#follow(next);
    return next === 'tick';
  };

  readonly #plan: AnswerPlan;
  readonly #connection: AnswerConnection;
  readonly #ticker: Ticker;
  /** Updated while tokens are written. */
  readonly #progress: { tokensSent: number };
  /** Called once, unless canceled or the plan never ends. */
  readonly #onEnd: (outcome: Outcome) => void;

  constructor(
    plan: AnswerPlan,
    requestId: string | number | undefined,
    wire: AnswerConnection,
    ticker: Ticker,
    progress: { tokensSent: number },
    onEnd: (outcome: Outcome) => void,
  ) {
    this.#plan = plan;
    this.#connection = wire;
    this.#ticker = ticker;
    this.#progress = progress;
    this.#onEnd = onEnd;
    this.#chunk = chunkFrames(requestId);
  }

  start(): void {
    if (this.#plan.waitMs > 0) this.#timer = setTimeout(() => this.#begin(), this.#plan.waitMs);
    else this.#begin();
  }

  /** Stops immediately, without calling `onEnd`. */
  cancel(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#ticker.remove(this.#onTick);
  }

  #begin(): void {
    this.#startedAt = performance.now();
    this.#follow(this.#advance());
  }

  #follow(next: 'tick' | 'soon' | 'over'): void {
    if (next === 'tick') this.#ticker.add(this.#onTick);
    if (next === 'soon') this.#immediate = setImmediate(() => this.#follow(this.#advance()));
  }

  /** Sends the tokens that are due, and returns when to continue. */
  #advance(): 'tick' | 'soon' | 'over' {
    if (this.#hasEnded) return 'over';
    if (this.#connection.backlogBytes > MAX_BACKLOG_BYTES) return 'tick';
    const { tokens, tokensPerSecond } = this.#plan;
    const due = Math.min(
      tokens.length,
      tokensDue(performance.now() - this.#startedAt, tokensPerSecond),
      this.#progress.tokensSent + BURST,
    );
    this.#connection.batch(() => this.#sendUpTo(due));
    if (this.#hasEnded) return 'over';
    return tokensPerSecond === 0 ? 'soon' : 'tick';
  }

  #sendUpTo(due: number): void {
    const { tokens, faultAfter } = this.#plan;
    while (!this.#hasEnded) {
      if (!this.#faultDone && this.#progress.tokensSent === faultAfter) {
        this.#performFault();
      } else if (this.#progress.tokensSent < due) {
        this.#connection.sendText(this.#chunk(tokens[this.#progress.tokensSent] ?? ''));
        this.#progress.tokensSent += 1;
      } else {
        if (this.#progress.tokensSent === tokens.length) this.#end(this.#plan.end, this.#plan.endOutcome);
        return;
      }
    }
  }

  #performFault(): void {
    this.#faultDone = true;
    if (this.#plan.faultOutcome !== undefined) this.#end(this.#plan.fault, this.#plan.faultOutcome);
    else for (const action of this.#plan.fault) this.#connection.perform(action);
  }

  #end(actions: readonly Action[], outcome: Outcome): void {
    this.#hasEnded = true;
    for (const action of actions) this.#connection.perform(action);
    if (outcome !== 'pending') this.#onEnd(outcome);
  }
}
