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

/** The remaining budgets for attempts beyond the first one of each request. */
export interface BudgetState {
  /** The retries that each route has left; negative after failovers to other endpoints that exceeded the budget. */
  retries: { route: string; available: number }[];
  /** The number of requests that may be hedged now; undefined if hedging is off. */
  hedges: number | undefined;
}

/**
 * A client for LLM servers that speak WebSocket: pools connections, balances between endpoints, retries, and falls back to
 * other routes. One instance serves any number of concurrent requests. Independent of Nest.
 */
export class LlmClient {
  readonly observer = new LlmObserver();
  /** All endpoints of all routes, primary route first. */
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

  /** The state of every endpoint, in the order of {@link endpoints}. */
  get state(): EndpointState[] {
    return this.endpoints.map((endpoint) => endpoint.state);
  }

  /** The remaining retry and hedging budgets. */
  get budgets(): BudgetState {
    const { routes, hedging, clock } = this.#context;
    const now = clock.now();
    return {
      retries: routes.map(({ name, budget }) => ({ route: name, available: budget.available(now) })),
      hedges: hedging.isOn ? hedging.available(now) : undefined,
    };
  }

  /** Resolves with the complete answer. Throws the errors of {@link stream}. */
  async complete(request: LlmRequest, options?: CallOptions): Promise<LlmCompletion> {
    for await (const event of this.stream(request, options)) {
      if (event.type === 'end') return event.completion;
    }
    throw new LlmUnavailableError(undefined);
  }

  /**
   * Yields the answer as it arrives; the last event is `end`. The request starts when the first event is read. Leaving the
   * loop or aborting the signal releases the connection.
   * @throws LlmUnavailableError if every endpoint has failed or the total time limit is reached, and there is no fallback reply; the
   * server's error if the request itself is at fault; LlmCancelledError
   */
  stream(request: LlmRequest, options: CallOptions = {}): AsyncGenerator<LlmEvent, void> {
    return attemptLoop(this.#context, request, options);
  }

  /** Whether {@link admit} would accept a request without an owner now. */
  get hasCapacity(): boolean {
    return this.#refusalFor(undefined) === undefined;
  }

  /**
   * Admission control: call it before accepting work that needs a request.
   * @param owner as in {@link LlmRequest}
   * @throws LlmQueueFullError if the queue of every healthy endpoint is full; LlmOwnerLimitError if the owner's share of the
   * queues is used up
   */
  admit(owner?: string): void {
    const refused = this.#refusalFor(owner);
    if (refused === undefined) return;
    this.observer.emit('refused', refused.code);
    throw refused;
  }

  /** Closes every connection. Open and later requests fail with LlmCancelledError. */
  close(): void {
    this.#context.calls.close();
    for (const endpoint of this.endpoints) endpoint.pool.close();
  }

  /** Undefined if a healthy endpoint accepts a request of this owner; else the error of the first healthy endpoint. */
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
