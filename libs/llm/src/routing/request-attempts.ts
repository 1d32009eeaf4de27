import { type Clock } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { type AnswerOrigin } from './answer-events.js';
import { Attempt, type AttemptLimits } from './attempt.js';
import { type Call } from './call.js';
import { type LlmTimeouts } from './llm-options.js';
import { type Endpoint } from './endpoint.js';
import { FailoverPlan, type PlanContext } from './retry/failover-plan.js';
import { type Hedge } from './hedge/hedge.js';
import { type Hedging } from './hedge/hedging.js';
import { type LlmEvent } from './llm-event.js';
import { type LlmObserver } from './observer.js';
import { type Route } from './routes.js';

/** What the attempts of all requests share. */
export interface AttemptContext {
  routes: readonly Route[];
  plan: PlanContext;
  timeouts: LlmTimeouts;
  hedging: Hedging;
  maxAnswerChars: number;
  clock: Clock;
  observer: LlmObserver;
}

/** The attempts of one request: begins them with their limits, and ends them with all that follows from how they went. */
export class RequestAttempts {
  readonly plan: FailoverPlan<Endpoint>;
  /** The failure of an attempt that went on beside the one that counts. */
  #rivalError: LlmError | undefined;
  /** RequestAttempts that have ended, and were not told of yet. */
  #ended: LlmEvent[] = [];
  #count = 0;
  #versions = 0;
  readonly #context: AttemptContext;
  readonly #request: LlmRequest;
  readonly #call: Call;
  readonly #label: string | undefined;

  /** @param label the caller's name for the request */
  constructor(context: AttemptContext, request: LlmRequest, call: Call, label: string | undefined) {
    this.#context = context;
    this.#request = request;
    this.#call = call;
    this.#label = label;
    this.plan = new FailoverPlan(context.routes, request.stream ? 'streamed' : 'plain', context.plan);
  }

  /** An attempt at this endpoint, not started yet; to be ended with {@link succeeded}, {@link failed} or {@link left}. */
  begin(endpoint: Endpoint): Attempt {
    this.#rivalError = undefined;
    return this.#begin(endpoint, false);
  }

  /**
   * When and whom to ask beside an endpoint that is later than it uses to be; never, unless hedging is on, and never for
   * a plain answer, which shows nothing before it is whole.
   */
  hedge(endpoint: Endpoint): Hedge | undefined {
    const { hedging, clock } = this.#context;
    const afterMs = this.#request.stream ? hedging.lateAfterMs(endpoint) : undefined;
    if (afterMs === undefined) return undefined;
    return {
      afterMs,
      errorOf: (thrown) => this.#call.errorOf(thrown),
      ended: (attempt, error) => this.#rivalEnded(attempt, error),
      begin: () => {
        const now = clock.now();
        const other = hedging.mayHedge(now) ? this.plan.hedge() : undefined;
        if (other === undefined) return undefined;
        hedging.spend(now);
        return this.#begin(other, true);
      },
    };
  }

  /** It has given the whole answer. */
  succeeded(attempt: Attempt): LlmEvent {
    return this.#finish(attempt);
  }

  /** @returns the failure that counts: what is the request's own fault is so, whoever of two says it */
  failed(attempt: Attempt, error: LlmError): LlmError {
    this.plan.failed(attempt.endpoint, error);
    this.#ended.push(this.#finish(attempt, error));
    return this.#rivalError?.scope === 'never' ? this.#rivalError : error;
  }

  /** The reader has left. */
  left(attempt: Attempt): void {
    this.#finish(attempt, new LlmCancelledError('the reader left'));
  }

  /** The attempts that have ended since this was last asked, but for those that have {@link succeeded}. */
  takeEnded(): readonly LlmEvent[] {
    const ended = this.#ended;
    if (ended.length > 0) this.#ended = [];
    return ended;
  }

  /** A number for a text that starts over: within an attempt, too, and no later attempt may have it again. */
  nextVersion(): number {
    return (this.#versions = Math.max(this.#versions, this.#count) + 1);
  }

  /** Who gave the answer of an attempt. */
  originOf({ endpoint }: Attempt): AnswerOrigin {
    const isPrimary = this.#context.routes[0]!.endpoints.includes(endpoint);
    return {
      endpoint,
      source: isPrimary ? 'primary' : 'fallback',
      nextVersion: () => this.nextVersion(),
    };
  }

  #begin(endpoint: Endpoint, isHedge: boolean): Attempt {
    this.#count += 1;
    return new Attempt(
      { number: this.#count, endpoint, request: this.#request, label: this.#label, isHedge },
      this.#limits(endpoint),
      this.#context.clock,
      this.#call,
    );
  }

  #rivalEnded(attempt: Attempt, error: LlmError): void {
    if (!(error instanceof LlmCancelledError)) {
      this.plan.failed(attempt.endpoint, error);
      this.#rivalError = error;
    }
    this.#ended.push(this.#finish(attempt, error));
  }

  #finish(attempt: Attempt, error?: LlmError): LlmEvent {
    const record = attempt.finish(error);
    this.#context.observer.emit('attempt', record);
    return { type: 'attempt', attempt: record };
  }

  /**
   * A streamed answer shows early that it lives. A plain one shows nothing until it is whole: while there is another
   * endpoint to turn to, a silent one may take half of what is left and no more. The same holds for a busy one.
   */
  #limits({ limits, emptyAnswer }: Endpoint): AttemptLimits {
    const { timeouts, maxAnswerChars } = this.#context;
    const { leftMs } = this.#call;
    const fairMs = this.plan.hasAlternative ? leftMs / 2 : leftMs;
    return {
      queueMs: Math.min(timeouts.queueMs, fairMs),
      firstFrameMs: this.#request.stream ? (limits.firstTokenMs ?? timeouts.firstTokenMs) : fairMs,
      idleMs: limits.idleMs ?? timeouts.idleMs,
      totalMs: limits.totalMs,
      maxAnswerChars,
      emptyAnswer,
    };
  }
}
