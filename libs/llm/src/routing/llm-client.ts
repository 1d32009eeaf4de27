import { systemClock, type Clock } from '../clock.js';
import { LlmCancelledError, LlmUnavailableError } from '../errors/answer-errors.js';
import { type LlmError } from '../errors/llm-error.js';
import { AnswerText } from '../protocols/answer-text.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { cannedAnswer, endOfAnswer, restart } from './answer-events.js';
import { Attempt, type AttemptLimits } from './attempt.js';
import { Call, type CallOptions } from './call.js';
import { llmDefaults, type LlmClientOptions } from './client-options.js';
import { type Endpoint, type EndpointState } from './endpoint.js';
import { FailoverPlan, type PlannedRoute } from './failover-plan.js';
import { type AttemptRecord, type LlmCompletion, type LlmEvent } from './llm-event.js';
import { LlmObserver } from './observer.js';
import { checkOptions } from './options-check.js';
import { createRoutes } from './routes.js';

/** What comes from outside, so that tests decide it. */
export interface ClientEnvironment {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
}

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
    this.#routes = createRoutes(options, environment.clock, this.observer);
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
    const plan = new FailoverPlan(this.#routes, this.#retry, random);
    let attempts = 0;
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
        attempts += 1;
        if (shown) yield restart(attempts, endpoint.name, failure!.code);
        const limits = this.#limits(request, plan, call);
        const attempt = new Attempt(attempts, endpoint, limits, clock, call.signal);
        const text = new AnswerText();
        try {
          await attempt.start(request);
          for (;;) {
            for (const event of await attempt.take()) {
              call.signal.throwIfAborted();
              if (event.type === 'end') {
                yield this.#finished(attempt.finish());
                const source = this.#sourceOf(endpoint);
                yield* endOfAnswer(text, event, { endpoint, attempt: attempts, source });
                return;
              }
              const piece = text.push(event.text);
              if (piece !== '') yield { type: 'delta', text: piece };
            }
          }
        } catch (error) {
          failure = call.errorOf(error);
          plan.failed(endpoint, failure);
          yield this.#finished(attempt.finish(failure));
        } finally {
          if (!attempt.isFinished) this.#finished(attempt.finish(new LlmCancelledError('the reader left')));
        }
        shown = text.length > 0;
        if (shown && options.restart === 'never') throw failure;
        if (call.signal.aborted) break;
      }
      if (failure?.scope === 'never') throw failure;
      if (this.#options.fallbackReply === undefined) throw new LlmUnavailableError(failure);
      if (shown) yield restart(attempts + 1, 'fallback_reply', failure!.code);
      yield* cannedAnswer(this.#options.fallbackReply);
    } catch (error) {
      throw call.errorOf(error);
    } finally {
      this.#calls.delete(call);
      call.end();
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
  #limits(request: LlmRequest, plan: FailoverPlan<Endpoint>, call: Call): AttemptLimits {
    const fairMs = plan.hasAlternative ? call.leftMs / 2 : call.leftMs;
    return {
      queueMs: fairMs,
      firstFrameMs: request.stream ? this.#timeouts.firstTokenMs : fairMs,
      idleMs: this.#timeouts.idleMs,
      maxAnswerChars: this.#options.maxAnswerChars ?? llmDefaults.maxAnswerChars,
    };
  }
}
