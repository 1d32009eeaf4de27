import { systemClock } from '../clock.js';
import { LlmCancelledError, LlmUnavailableError } from '../errors/answer-errors.js';
import { LlmQueueFullError } from '../errors/connection-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { AnswerText } from '../protocols/answer-text.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { cannedAnswer, endOfAnswer, restart } from './answer-events.js';
import { Attempt, type AttemptLimits } from './attempt.js';
import { Call, type CallOptions } from './call.js';
import { llmDefaults, type LlmClientOptions } from './client-options.js';
import { type Endpoint, type EndpointState } from './endpoint.js';
import { FailoverPlan, type PlannedRoute } from './failover-plan.js';
import { firstAnswer, type Hedge } from './hedge.js';
import { type AttemptRecord, type LlmCompletion, type LlmEvent } from './llm-event.js';
import { LlmObserver } from './observer.js';
import { checkOptions } from './options-check.js';
import { RetryBudget } from './retry-budget.js';
import { createRoutes, type ClientEnvironment } from './routes.js';

/** An endpoint is late when its first token takes longer than that of so large a part of its last answers. */
const latePercentile = 0.95;

/**
 * Asks LLM servers over WebSocket: keeps the connections, chooses the endpoint, retries, falls back. One instance
 * serves any number of requests at once. Knows nothing of Nest.
 */
export class LlmClient {
  readonly observer = new LlmObserver();
  readonly #routes: readonly PlannedRoute<Endpoint>[];
  readonly #options: LlmClientOptions;
  readonly #timeouts;
  readonly #retry;
  readonly #hedging;
  readonly #hedgeBudget: RetryBudget;
  readonly #environment: ClientEnvironment;
  readonly #calls = new Set<Call>();
  #closed = false;

  /** @throws LlmOptionsError naming every mistake in the options */
  constructor(
    options: LlmClientOptions,
    environment: ClientEnvironment = { clock: systemClock, random: Math.random },
  ) {
    checkOptions(options);
    this.#options = options;
    this.#environment = environment;
    this.#timeouts = { ...llmDefaults.timeouts, ...options.timeouts };
    this.#retry = { ...llmDefaults.retry, ...options.retry };
    this.#hedging = { ...llmDefaults.hedging, ...options.hedging };
    const { ratio } = this.#hedging;
    this.#hedgeBudget = new RetryBudget({ ratio, floor: 1, perSecond: 0 }, environment.clock.now());
    this.#routes = createRoutes(options, environment, this.observer);
  }

  /** Every endpoint of every route, primary first. */
  get endpoints(): readonly Endpoint[] {
    return this.#routes.flatMap((route) => route.endpoints);
  }

  get state(): EndpointState[] {
    return this.endpoints.map((endpoint) => endpoint.state);
  }

  /** The whole answer. Throws as {@link stream} does. */
  async complete(request: LlmRequest, options?: CallOptions): Promise<LlmCompletion> {
    for await (const event of this.stream(request, options)) {
      if (event.type === 'end') return event.completion;
    }
    throw new LlmUnavailableError(undefined);
  }

  /**
   * The answer as it comes; the last event is `end`. Leaving the loop, or aborting the signal, frees the connection.
   * @throws LlmUnavailableError when every endpoint has failed, or the total time ran out, and there is no fallback
   * reply; the server's own error when the request is at fault; LlmCancelledError.
   */
  async *stream(request: LlmRequest, options: CallOptions = {}): AsyncGenerator<LlmEvent, void> {
    const { clock, random } = this.#environment;
    const call = this.#beginCall(options);
    const plan = new FailoverPlan(this.#routes, this.#retry, random, () => clock.now());
    this.#hedgeBudget.earn(clock.now());
    let attempts = 0;
    let versions = 0;
    // A text that replaces another one within an attempt has a number of its own, which no later one may have again.
    const nextVersion = (): number => (versions = Math.max(versions, attempts) + 1);
    let shown = false;
    let failure: LlmError | undefined;
    try {
      for (let step = plan.next(call.leftMs); step !== undefined; step = plan.next(call.leftMs)) {
        if (step.delayMs > 0) await clock.sleep(step.delayMs, call.signal).catch(() => undefined);
        if (call.signal.aborted) {
          failure = call.errorOf(call.signal.reason);
          break;
        }
        const { endpoint } = step;
        if (shown) yield restart(nextVersion(), endpoint.name, failure!.code);
        const others: AttemptRecord[] = [];
        const begin = (asked: Endpoint, isHedge: boolean): Attempt => {
          attempts += 1;
          return new Attempt(
            { number: attempts, endpoint: asked, request, isHedge },
            this.#limits(asked, request, plan, call),
            clock,
            call.signal,
          );
        };
        let attempt = begin(endpoint, false);
        let text = new AnswerText();
        try {
          const hedge = !request.stream
            ? undefined
            : this.#hedge(endpoint, plan, call, (asked) => begin(asked, true));
          const first = await firstAnswer(attempt, hedge, clock, others);
          ({ attempt } = first);
          for (const other of others.splice(0)) yield this.#finished(other);
          for (let events = first.events; ; events = await attempt.take()) {
            for (const event of events) {
              call.signal.throwIfAborted();
              if (event.type === 'end') {
                yield this.#finished(attempt.finish());
                const by = { endpoint: attempt.endpoint, nextVersion };
                yield* endOfAnswer(text, event, { ...by, source: this.#sourceOf(attempt.endpoint) });
                return;
              }
              if (event.type === 'replace') {
                if (text.length > 0) yield restart(nextVersion(), attempt.endpoint.name, 'replaced');
                text = new AnswerText();
              }
              const piece = text.push(event.text);
              if (piece !== '') yield { type: 'delta', text: piece };
            }
          }
        } catch (error) {
          for (const other of others) yield this.#finished(other);
          failure = call.errorOf(error);
          plan.failed(attempt.endpoint, failure);
          yield this.#finished(attempt.finish(failure));
        } finally {
          if (!attempt.isFinished) this.#finished(attempt.finish(new LlmCancelledError('the reader left')));
        }
        shown = text.length > 0;
        if (shown && options.restart === 'never') throw failure;
        if (call.signal.aborted) break;
      }
      if (failure?.scope === 'never') throw failure;
      if (this.#options.fallbackReply === undefined) throw finalError(failure);
      if (shown) yield restart(nextVersion(), 'fallback_reply', failure!.code);
      yield* cannedAnswer(this.#options.fallbackReply);
    } catch (error) {
      throw call.errorOf(error);
    } finally {
      this.#calls.delete(call);
      call.end();
    }
  }

  /**
   * To be asked before work is taken on that would only wait.
   * @throws LlmQueueFullError while as many requests as may wait are waiting, at every endpoint in good health
   */
  admit(): void {
    const { endpoints } = this;
    const able = endpoints.filter(({ isAllowed }) => isAllowed);
    if (able.length > 0 && able.every(({ pool }) => pool.isFull)) {
      throw new LlmQueueFullError(able[0]!.name, able[0]!.pool.state.queued);
    }
  }

  /** Closes every connection. Requests under way, and those that come later, end with LlmCancelledError. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.cancel('the client is closed');
    for (const endpoint of this.endpoints) endpoint.pool.close();
  }

  #beginCall({ timeoutMs = this.#timeouts.totalMs, signal }: CallOptions): Call {
    const call = new Call(timeoutMs, signal, this.#environment.clock);
    if (this.#closed) call.cancel('the client is closed');
    this.#calls.add(call);
    return call;
  }

  /** When and whom to ask beside an endpoint that is later than it uses to be; never, unless hedging is on. */
  #hedge(
    endpoint: Endpoint,
    plan: FailoverPlan<Endpoint>,
    call: Call,
    begin: (endpoint: Endpoint) => Attempt,
  ): Hedge | undefined {
    const { isOn, minSamples } = this.#hedging;
    const afterMs = isOn ? endpoint.firstTokenPercentile(latePercentile, minSamples) : undefined;
    if (afterMs === undefined) return undefined;
    return {
      afterMs,
      errorOf: (thrown) => call.errorOf(thrown),
      begin: () => {
        const now = this.#environment.clock.now();
        const other = this.#hedgeBudget.hasRetry(now) ? plan.hedge() : undefined;
        if (other === undefined) return undefined;
        this.#hedgeBudget.spend(now);
        return begin(other);
      },
    };
  }

  #finished(attempt: AttemptRecord): LlmEvent {
    this.observer.emit('attempt', attempt);
    return { type: 'attempt', attempt };
  }

  #sourceOf(endpoint: Endpoint) {
    return this.#routes[0]!.endpoints.includes(endpoint) ? 'primary' : 'fallback';
  }

  /**
   * A streamed answer shows early that it lives. A plain one shows nothing until it is whole: while there is another
   * endpoint to turn to, a silent one may take half of what is left and no more. The same holds for a busy one.
   */
  #limits(
    { limits }: Endpoint,
    request: LlmRequest,
    plan: FailoverPlan<Endpoint>,
    call: Call,
  ): AttemptLimits {
    const fairMs = plan.hasAlternative ? call.leftMs / 2 : call.leftMs;
    return {
      queueMs: Math.min(this.#timeouts.queueMs, fairMs),
      firstFrameMs: request.stream ? (limits.firstTokenMs ?? this.#timeouts.firstTokenMs) : fairMs,
      idleMs: limits.idleMs ?? this.#timeouts.idleMs,
      totalMs: limits.totalMs,
      maxAnswerChars: this.#options.maxAnswerChars ?? llmDefaults.maxAnswerChars,
    };
  }
}

/** What no model can do is the request's own fault; everything else may be another way a little later. */
function finalError(failure: LlmError | undefined): LlmError {
  return failure?.scope === 'other_route' ? failure : new LlmUnavailableError(failure);
}
