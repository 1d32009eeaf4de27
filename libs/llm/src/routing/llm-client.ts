import { systemClock } from '../clock.js';
import { LlmUnavailableError } from '../errors/answer-errors.js';
import { type LlmQueueFullError } from '../errors/connection-errors.js';
import { type LlmRequest } from '../protocols/protocol.js';
import { attemptLoop, type LoopContext } from './attempt-loop.js';
import { OpenCalls, type CallOptions } from './call.js';
import { llmDefaults, type LlmClientOptions } from './llm-options.js';
import { type Endpoint, type EndpointState } from './endpoint.js';
import { Hedging } from './hedge/hedging.js';
import { type LlmCompletion, type LlmEvent } from './llm-event.js';
import { LlmObserver } from './observer.js';
import { checkOptions } from './options-check.js';
import { createRoutes, type ClientEnvironment } from './routes.js';

/** What may still be asked beyond one attempt for each request. */
export interface BudgetState {
  /** Retries that each route has left, below 0 while switches to other endpoints have overdrawn it. */
  retries: { route: string; available: number }[];
  /** Requests that may be asked twice; undefined while hedging is off. */
  hedges: number | undefined;
}

/**
 * Asks LLM servers over WebSocket: keeps the connections, chooses the endpoint, retries, falls back. One instance
 * serves any number of requests at once. Knows nothing of Nest.
 */
export class LlmClient {
  readonly observer = new LlmObserver();
  /** Every endpoint of every route, primary first. */
  readonly endpoints: readonly Endpoint[];
  readonly #context: LoopContext;

  /** @throws LlmOptionsError naming every mistake in the options */
  constructor(
    options: LlmClientOptions,
    environment: ClientEnvironment = { clock: systemClock, random: Math.random },
  ) {
    checkOptions(options);
    const { clock, random } = environment;
    const { observer } = this;
    const timeouts = { ...llmDefaults.timeouts, ...options.timeouts };
    const routes = createRoutes(options, environment, observer);
    this.endpoints = routes.flatMap((route) => route.endpoints);
    this.#context = {
      routes,
      plan: { retry: { ...llmDefaults.retry, ...options.retry }, random, now: () => clock.now() },
      timeouts,
      hedging: new Hedging({ ...llmDefaults.hedging, ...options.hedging }, clock.now()),
      maxAnswerChars: options.maxAnswerChars ?? llmDefaults.maxAnswerChars,
      fallbackReply: options.fallbackReply,
      clock,
      observer,
      calls: new OpenCalls(timeouts.totalMs, clock),
    };
  }

  get state(): EndpointState[] {
    return this.endpoints.map((endpoint) => endpoint.state);
  }

  get budgets(): BudgetState {
    const { routes, hedging, clock } = this.#context;
    const now = clock.now();
    return {
      retries: routes.map(({ name, budget }) => ({ route: name, available: budget.available(now) })),
      hedges: hedging.isOn ? hedging.available(now) : undefined,
    };
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
  stream(request: LlmRequest, options: CallOptions = {}): AsyncGenerator<LlmEvent, void> {
    return attemptLoop(this.#context, request, options);
  }

  /** Would {@link admit} let a request pass now? */
  get hasCapacity(): boolean {
    return this.#refusalFor(undefined) === undefined;
  }

  /**
   * To be asked before work is taken on that would only wait.
   * @param owner as in {@link LlmRequest}
   * @throws LlmQueueFullError if the queue of every healthy endpoint is full; LlmOwnerLimitError if only the owner's
   * share of the queues is full
   */
  admit(owner?: string): void {
    const refused = this.#refusalFor(owner);
    if (refused === undefined) return;
    this.observer.emit('refused', refused.code);
    throw refused;
  }

  /** Closes every connection. Requests under way, and those that come later, end with LlmCancelledError. */
  close(): void {
    this.#context.calls.close();
    for (const endpoint of this.endpoints) endpoint.pool.close();
  }

  /** Undefined if an endpoint in good health takes a request of this owner; else the error of the first of them. */
  #refusalFor(owner: string | undefined): LlmQueueFullError | undefined {
    let first: LlmQueueFullError | undefined;
    for (const endpoint of this.endpoints) {
      if (!endpoint.isAllowed) continue;
      const refused = endpoint.pool.refusalFor(owner);
      if (refused === undefined) return undefined;
      first ??= refused;
    }
    return first;
  }
}
