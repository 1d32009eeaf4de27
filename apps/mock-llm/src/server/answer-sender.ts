import { type Act } from '../answer/act.js';
import { type AnswerPlan, type Outcome } from '../answer/answer-plan.js';
import { chunkFrames } from '../answer/guide-frames.js';
import { tokensDue } from './pace.js';
import { type Ticker } from './ticker.js';

/** What an answer is written to. */
export interface Wire {
  /** Bytes written but not yet taken by the operating system. */
  readonly backlogBytes: number;
  sendText(data: string): void;
  perform(act: Act): void;
  /** Writes of `write` leave as one. */
  batch(write: () => void): void;
}

/** Tokens sent before other work gets its turn. */
const BURST = 512;
/** Beyond this backlog an answer waits for its reader. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** Carries out one plan. Ends by itself, or by `cancel()`; in both cases it leaves no timer behind. */
export class AnswerSender {
  #startedAt = 0;
  #faultDone = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  readonly #chunk: (text: string) => string;
  readonly #onTick = () => {
    const next = this.#advance();
    if (next === 'soon') this.#follow(next);
    return next === 'tick';
  };

  readonly #plan: AnswerPlan;
  readonly #wire: Wire;
  readonly #ticker: Ticker;
  /** Counted up while tokens are written. */
  readonly #progress: { tokensSent: number };
  /** Called once, unless cancelled first or the plan never ends. */
  readonly #onEnd: (outcome: Outcome) => void;

  constructor(
    plan: AnswerPlan,
    requestId: string | number | undefined,
    wire: Wire,
    ticker: Ticker,

    progress: { tokensSent: number },

    onEnd: (outcome: Outcome) => void,
  ) {
    this.#plan = plan;
    this.#wire = wire;
    this.#ticker = ticker;
    this.#progress = progress;
    this.#onEnd = onEnd;
    this.#chunk = chunkFrames(requestId);
  }

  start(): void {
    if (this.#plan.waitMs > 0) this.#timer = setTimeout(() => this.#begin(), this.#plan.waitMs);
    else this.#begin();
  }

  /** Stops at once and silently. */
  cancel(): void {
    this.#over = true;
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

  /** Sends what is due and says when to come back. */
  #advance(): 'tick' | 'soon' | 'over' {
    if (this.#over) return 'over';
    if (this.#wire.backlogBytes > MAX_BACKLOG_BYTES) return 'tick';
    const { tokens, tokensPerSecond } = this.#plan;
    const due = Math.min(
      tokens.length,
      tokensDue(performance.now() - this.#startedAt, tokensPerSecond),
      this.#progress.tokensSent + BURST,
    );
    this.#wire.batch(() => this.#sendUpTo(due));
    if (this.#over) return 'over';
    return tokensPerSecond === 0 ? 'soon' : 'tick';
  }

  #sendUpTo(due: number): void {
    const { tokens, faultAfter } = this.#plan;
    while (!this.#over) {
      if (!this.#faultDone && this.#progress.tokensSent === faultAfter) {
        this.#misbehave();
      } else if (this.#progress.tokensSent < due) {
        this.#wire.sendText(this.#chunk(tokens[this.#progress.tokensSent] ?? ''));
        this.#progress.tokensSent += 1;
      } else {
        if (this.#progress.tokensSent === tokens.length) this.#end(this.#plan.end, this.#plan.endOutcome);
        return;
      }
    }
  }

  #misbehave(): void {
    this.#faultDone = true;
    if (this.#plan.faultOutcome !== undefined) this.#end(this.#plan.fault, this.#plan.faultOutcome);
    else for (const act of this.#plan.fault) this.#wire.perform(act);
  }

  #end(acts: readonly Act[], outcome: Outcome): void {
    this.#over = true;
    for (const act of acts) this.#wire.perform(act);
    if (outcome !== 'pending') this.#onEnd(outcome);
  }
}
