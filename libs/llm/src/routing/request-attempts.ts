import { type Clock } from '../clock.js';
import { LlmCancelledError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { type AnswerOrigin } from './answer-events.js';
import { Attempt } from './attempt.js';
import { attemptTimeLimits, type AttemptLimits } from './attempt-limits.js';
import { type Call } from './call.js';
import { type LlmTimeouts } from './llm-options.js';
import { type Endpoint } from './endpoint.js';
import { FailoverPlan, type PlanContext } from './retry/failover-plan.js';
import { type Hedge } from './hedge/hedge.js';
import { type Hedging } from './hedge/hedging.js';
import { type LlmEvent } from './llm-event.js';
import { type LlmObserver } from './observer.js';
import { type Route } from './routes.js';

/** The dependencies that the attempts of all requests share. */
export interface AttemptContext {
  routes: readonly Route[];
  plan: PlanContext;
  timeouts: LlmTimeouts;
  hedging: Hedging;
  maxAnswerChars: number;
  clock: Clock;
  observer: LlmObserver;
}

/**
 * The attempts of one request: creates them with their limits, and when one ends, updates the failover plan and emits its
 * record to the observer.
 */
export class RequestAttempts {
  readonly plan: FailoverPlan<Endpoint>;
  /** The failure of the attempt that lost against the other one of a hedged pair. */
  #hedgedError: LlmError | undefined;
  /** Events of finished attempts that {@link takeFinished} has not yet returned. */
  #finished: LlmEvent[] = [];
  #count = 0;
  #versions = 0;
  readonly #context: AttemptContext;
  readonly #request: LlmRequest;
  readonly #call: Call;
  readonly #label: string | undefined;

  /** @param label `CallOptions.label` of the request */
  constructor(context: AttemptContext, request: LlmRequest, call: Call, label: string | undefined) {
    this.#context = context;
    this.#request = request;
    this.#call = call;
    this.#label = label;
    this.plan = new FailoverPlan(context.routes, request.stream ? 'streamed' : 'plain', context.plan);
  }

  /** Creates an attempt without starting it. End it with {@link succeeded}, {@link failed} or {@link abandoned}. */
  begin(endpoint: Endpoint): Attempt {
    this.#hedgedError = undefined;
    return this.#begin(endpoint, false);
  }

  /**
   * The hedge for an attempt at this endpoint. Undefined if hedging is off, too few times are known, or a plain answer is
   * requested: a plain answer shows nothing before it is complete, so that lateness cannot be detected.
   */
  hedge(endpoint: Endpoint): Hedge | undefined {
    const { hedging, clock } = this.#context;
    const afterMs = this.#request.stream ? hedging.lateAfterMs(endpoint) : undefined;
    if (afterMs === undefined) return undefined;
    return {
      afterMs,
      errorOf: (thrown) => this.#call.errorOf(thrown),
      ended: (attempt, error) => this.#loserEnded(attempt, error),
      begin: () => {
        const now = clock.now();
        const other = hedging.mayHedge(now) ? this.plan.hedge() : undefined;
        if (other === undefined) return undefined;
        hedging.spend(now);
        return this.#begin(other, true);
      },
    };
  }

  /** Ends an attempt that has delivered the complete answer. */
  succeeded(attempt: Attempt): LlmEvent {
    return this.#finish(attempt);
  }

  /**
   * Ends an attempt that has failed.
   * @returns the error of the request: `error`, unless the other attempt of a hedged pair found the request itself at fault
   */
  failed(attempt: Attempt, error: LlmError): LlmError {
    this.plan.failed(attempt.endpoint, error);
    this.#finished.push(this.#finish(attempt, error));
    return this.#hedgedError?.scope === 'never' ? this.#hedgedError : error;
  }

  /** Ends an attempt whose reader has left the loop. */
  abandoned(attempt: Attempt): void {
    this.#finish(attempt, new LlmCancelledError('the reader left'));
  }

  /** The events of attempts that failed or lost against a hedge since the last call. */
  takeFinished(): readonly LlmEvent[] {
    const finished = this.#finished;
    if (finished.length > 0) this.#finished = [];
    return finished;
  }

  /** The number of the next version of the text: at least the number of the current attempt, and never used before. */
  nextVersion(): number {
    return (this.#versions = Math.max(this.#versions, this.#count) + 1);
  }

  /** The origin of an attempt's answer. */
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

  #loserEnded(attempt: Attempt, error: LlmError): void {
    if (!(error instanceof LlmCancelledError)) {
      this.plan.failed(attempt.endpoint, error);
      this.#hedgedError = error;
    }
    this.#finished.push(this.#finish(attempt, error));
  }

  #finish(attempt: Attempt, error?: LlmError): LlmEvent {
    const record = attempt.finish(error);
    this.#context.observer.emit('attempt', record);
    return { type: 'attempt', attempt: record };
  }

  #limits({ limits, emptyAnswer, streamsAlways }: Endpoint): AttemptLimits {
    const { timeouts, maxAnswerChars } = this.#context;
    const { hasAlternative } = this.plan;
    const streams = this.#request.stream || streamsAlways;
    const times = attemptTimeLimits({ timeouts, limits, streams, leftMs: this.#call.leftMs, hasAlternative });
    return { ...times, maxAnswerChars, emptyAnswer };
  }
}
