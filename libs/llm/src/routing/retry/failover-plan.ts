import { type LlmError } from '../../errors/llm-error.js';
import { fullJitter, isWaitAcceptable, longestBackoff, type BackoffOptions } from './backoff.js';
import { type AnswerKind, type Balancer } from '../balance/balancer.js';
import { type RetryBudget } from './retry-budget.js';

/** How often, and after which pauses, a request is retried. */
export interface RetryOptions extends BackoffOptions {
  /** The maximum number of retries in one route, after its first attempt; at least 0. */
  maxRetries: number;
}

/** The defaults of {@link RetryOptions}. */
export const retryDefaults: RetryOptions = { maxRetries: 3, baseMs: 200, maxMs: 5_000 };

/** The part of an endpoint that a plan needs. */
export interface PlannedEndpoint {
  /** Whether its breaker permits a request now. */
  readonly isAllowed: boolean;
  /** Whether its breaker is half open and waits for a probe. */
  readonly needsProbe: boolean;
}

/** The part of a route that a plan needs. */
export interface PlannedRoute<T extends PlannedEndpoint> {
  readonly endpoints: readonly T[];
  readonly balancer: Balancer<T>;
  readonly budget: RetryBudget;
}

/** The next attempt of a plan: which endpoint to ask, after which delay. */
export interface PlannedAttempt<T> {
  endpoint: T;
  delayMs: number;
}

/** The dependencies of a {@link FailoverPlan} in addition to its routes. */
export interface PlanContext {
  retry: RetryOptions;
  /** Returns a number in [0, 1). */
  random: () => number;
  /** The monotonic time of the retry budgets, in ms. */
  now: () => number;
}

/** A route that the request may still use, with the number of its attempts there. */
interface RouteProgress<T extends PlannedEndpoint> {
  route: PlannedRoute<T>;
  attempts: number;
}

/**
 * Chooses the next attempt of one request from the failures so far:
 * 1. another, untried endpoint of the route, immediately;
 * 2. an endpoint of the route again after a backoff, if the retry budget permits;
 * 3. the next route, if the retries of this one are exhausted, its model cannot serve the request, or its servers ask to
 *    wait longer than another healthy route needs;
 * 4. no further attempt.
 */
export class FailoverPlan<T extends PlannedEndpoint> {
  /** The current route first, then those that may follow. */
  #remaining: RouteProgress<T>[];
  readonly #tried = new Set<T>();
  readonly #excluded = new Set<T>();
  /** The times before which servers asked not to be retried. */
  readonly #notBefore = new Map<T, number>();

  readonly #kind: AnswerKind;
  readonly #context: PlanContext;

  constructor(routes: readonly PlannedRoute<T>[], kind: AnswerKind, context: PlanContext) {
    this.#kind = kind;
    this.#context = context;
    this.#remaining = routes.map((route) => ({ route, attempts: 0 }));
  }

  /**
   * Returns the next attempt; undefined if there is none.
   * @param leftMs the time until the request's deadline, in ms; delays that reach it are not proposed
   */
  next(leftMs = Number.POSITIVE_INFINITY): PlannedAttempt<T> | undefined {
    for (let progress = this.#remaining[0]; progress !== undefined; progress = this.#remaining[0]) {
      const planned = this.#isExhausted(progress) ? undefined : this.#nextIn(progress, leftMs);
      if (planned !== undefined) return planned;
      // A postponed route is already at the end of the list.
      if (this.#remaining[0] === progress) this.#remaining.shift();
    }
    return undefined;
  }

  /** Whether an untried endpoint could still be asked. */
  get hasAlternative(): boolean {
    return this.#remaining.some(
      (progress) => !this.#isExhausted(progress) && progress.route.endpoints.some(this.#isUntried),
    );
  }

  /** The shortest remaining wait that a server has asked for, in ms; undefined if there is none. */
  get retryAfterMs(): number | undefined {
    const soonest = Math.min(...this.#notBefore.values()) - this.#context.now();
    return soonest > 0 && soonest < Infinity ? Math.ceil(soonest) : undefined;
  }

  /** Records that an attempt at the endpoint has failed. */
  failed(endpoint: T, error: LlmError): void {
    if (error.retryAfterMs === undefined) this.#notBefore.delete(endpoint);
    else this.#notBefore.set(endpoint, this.#context.now() + error.retryAfterMs);
    if (error.scope === 'never') this.#remaining = [];
    if (error.scope === 'elsewhere') this.#excluded.add(endpoint);
    if (error.scope === 'other_route')
      this.#remaining = this.#remaining.filter(({ route }) => !route.endpoints.includes(endpoint));
  }

  /** Returns an untried healthy endpoint of the current route for a hedge; undefined if there is none. */
  hedge(): T | undefined {
    const route = this.#remaining[0]?.route;
    const untried = route?.endpoints.filter(this.#isUntried) ?? [];
    if (route === undefined || untried.length === 0) return undefined;
    const endpoint = route.balancer.pick(untried, this.#kind);
    this.#tried.add(endpoint);
    return endpoint;
  }

  #nextIn(progress: RouteProgress<T>, leftMs: number): PlannedAttempt<T> | undefined {
    const { endpoints, balancer, budget } = progress.route;
    const now = this.#context.now();
    const left = endpoints.filter((endpoint) => !this.#excluded.has(endpoint));
    const allowed = left.filter((endpoint) => endpoint.isAllowed);
    const isFirst = progress.attempts === 0;
    if (isFirst && left.length > 0) budget.earn(now);

    const untried = allowed.filter((endpoint) => !this.#tried.has(endpoint));
    if (untried.length > 0) {
      if (!isFirst) budget.charge(now);
      // No balancer would choose an endpoint that was unavailable: one request probes it, and fails over if it fails.
      const endpoint = untried.find(({ needsProbe }) => needsProbe) ?? balancer.pick(untried, this.#kind);
      return this.#plan(progress, endpoint, 0);
    }
    // In the last route, endpoints with an open breaker are used if no other is left.
    const candidates = allowed.length === 0 && this.#remaining.length === 1 ? left : allowed;
    if (isFirst) {
      return candidates.length > 0
        ? this.#plan(progress, balancer.pick(candidates, this.#kind), 0)
        : undefined;
    }
    return this.#retry(progress, candidates, leftMs, now);
  }

  /** Every allowed endpoint of the route was tried: asks one of them again, after a pause. */
  #retry(
    progress: RouteProgress<T>,
    candidates: readonly T[],
    leftMs: number,
    now: number,
  ): PlannedAttempt<T> | undefined {
    const { balancer, budget } = progress.route;
    const { retry, random } = this.#context;
    const backoffMs = longestBackoff(progress.attempts - 1, retry);
    const jitterMs = fullJitter(progress.attempts - 1, retry, random);
    const waitMs = (endpoint: T): number => Math.max(jitterMs, this.#retryAfterMs(endpoint, now));
    const inTime = candidates.filter((endpoint) => waitMs(endpoint) < leftMs);
    const otherRouteMs = this.#msUntilOtherRoute(now);
    const acceptable = inTime.filter((endpoint) =>
      isWaitAcceptable(this.#retryAfterMs(endpoint, now), backoffMs, otherRouteMs),
    );
    if (acceptable.length === 0) {
      if (inTime.length > 0) this.#postpone(progress);
      return undefined;
    }
    if (!budget.spend(now)) return undefined;
    const endpoint = balancer.pick(acceptable, this.#kind);
    return this.#plan(progress, endpoint, waitMs(endpoint));
  }

  #plan(progress: RouteProgress<T>, endpoint: T, delayMs: number): PlannedAttempt<T> {
    this.#tried.add(endpoint);
    progress.attempts += 1;
    return { endpoint, delayMs };
  }

  /** Moves a route to the end: it is used again if the other routes cannot serve the request. */
  #postpone(progress: RouteProgress<T>): void {
    this.#remaining = [...this.#remaining.filter((other) => other !== progress), progress];
  }

  #isExhausted({ attempts }: RouteProgress<T>): boolean {
    return attempts > this.#context.retry.maxRetries;
  }

  /** The remaining wait that the endpoint's server has asked for, in ms. */
  #retryAfterMs(endpoint: T, now: number): number {
    return Math.max(0, (this.#notBefore.get(endpoint) ?? now) - now);
  }

  /** The time until another remaining route can be asked, in ms; Infinity if there is none. */
  #msUntilOtherRoute(now: number): number {
    const otherRoutes = this.#remaining.slice(1).filter((progress) => !this.#isExhausted(progress));
    const endpoints = otherRoutes.flatMap(({ route }) => route.endpoints);
    const available = endpoints.filter((endpoint) => endpoint.isAllowed && !this.#excluded.has(endpoint));
    return Math.min(...available.map((endpoint) => this.#retryAfterMs(endpoint, now)));
  }

  readonly #isUntried = (endpoint: T): boolean => !this.#tried.has(endpoint) && endpoint.isAllowed;
}
