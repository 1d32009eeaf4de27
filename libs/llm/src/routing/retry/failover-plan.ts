import { type LlmError } from '../../errors/llm-error.js';
import { fullJitter, isWaitAcceptable, longestBackoff, type BackoffOptions } from './backoff.js';
import { type AnswerKind, type Balancer } from '../balance/balancer.js';
import { type RetryBudget } from './retry-budget.js';

export interface RetryOptions extends BackoffOptions {
  /** Retries in one route, beside its first attempt. */
  maxRetries: number;
}

export const retryDefaults: RetryOptions = { maxRetries: 3, baseMs: 200, maxMs: 5_000 };

/** What a plan has to know of an endpoint. */
export interface PlannedEndpoint {
  /** May it be asked now, as far as its health goes? */
  readonly isAllowed: boolean;
  /** Has it been away, and is it time to see whether it is back? */
  readonly needsProbe: boolean;
}

/** A route as a plan sees it. */
export interface PlannedRoute<T extends PlannedEndpoint> {
  readonly endpoints: readonly T[];
  readonly balancer: Balancer<T>;
  readonly budget: RetryBudget;
}

/** Ask this endpoint, after this many milliseconds. */
export interface PlannedAttempt<T> {
  endpoint: T;
  delayMs: number;
}

/** What decides beside the routes themselves. */
export interface PlanContext {
  retry: RetryOptions;
  /** A number in [0, 1). */
  random: () => number;
  /** The time on the clock of the budgets. */
  now: () => number;
}

/** A route that a request is in, or will come to. */
interface RouteProgress<T extends PlannedEndpoint> {
  route: PlannedRoute<T>;
  attempts: number;
}

/**
 * Where one request goes next, given what has failed so far: another endpoint of the route at once, the same one
 * after a backoff if the route's budget has a retry left, the next route when the route has been tried often enough, cannot
 * help, or asks for patience while another one is in good health, and then nowhere.
 */
export class FailoverPlan<T extends PlannedEndpoint> {
  /** Where the request is, and where it goes from there. */
  #visits: RouteProgress<T>[];
  readonly #tried = new Set<T>();
  readonly #excluded = new Set<T>();
  /** Until when a server wants to be left alone. */
  readonly #askAfter = new Map<T, number>();

  readonly #kind: AnswerKind;
  readonly #context: PlanContext;

  constructor(routes: readonly PlannedRoute<T>[], kind: AnswerKind, context: PlanContext) {
    this.#kind = kind;
    this.#context = context;
    this.#visits = routes.map((route) => ({ route, attempts: 0 }));
  }

  /**
   * The next step, or undefined when there is nothing left to try.
   * @param leftMs the time left for the request; a wait that would use it up is not proposed
   */
  next(leftMs = Number.POSITIVE_INFINITY): PlannedAttempt<T> | undefined {
    for (let visit = this.#visits[0]; visit !== undefined; visit = this.#visits[0]) {
      const step = this.#isSpent(visit) ? undefined : this.#stepIn(visit, leftMs);
      if (step !== undefined) return step;
      // A route that is put off stands at the end now.
      if (this.#visits[0] === visit) this.#visits.shift();
    }
    return undefined;
  }

  /** Is there an endpoint that this request has not been to, and may still go to? */
  get hasAlternative(): boolean {
    return this.#visits.some((visit) => !this.#isSpent(visit) && visit.route.endpoints.some(this.#isFresh));
  }

  /** How long until the first of the servers that asked for a wait may be asked again, in ms; undefined if none did. */
  get retryAfterMs(): number | undefined {
    const soonest = Math.min(...this.#askAfter.values()) - this.#context.now();
    return soonest > 0 && soonest < Infinity ? Math.ceil(soonest) : undefined;
  }

  failed(endpoint: T, error: LlmError): void {
    if (error.retryAfterMs === undefined) this.#askAfter.delete(endpoint);
    else this.#askAfter.set(endpoint, this.#context.now() + error.retryAfterMs);
    if (error.scope === 'never') this.#visits = [];
    if (error.scope === 'elsewhere') this.#excluded.add(endpoint);
    if (error.scope === 'other_route')
      this.#visits = this.#visits.filter(({ route }) => !route.endpoints.includes(endpoint));
  }

  /**
   * Another endpoint of the route, to be asked beside one that is slow to answer; undefined when there is none in good
   * health that this request has not been to.
   */
  hedge(): T | undefined {
    const route = this.#visits[0]?.route;
    const fresh = route?.endpoints.filter(this.#isFresh) ?? [];
    if (route === undefined || fresh.length === 0) return undefined;
    const endpoint = route.balancer.pick(fresh, this.#kind);
    this.#tried.add(endpoint);
    return endpoint;
  }

  #stepIn(visit: RouteProgress<T>, leftMs: number): PlannedAttempt<T> | undefined {
    const { endpoints, balancer, budget } = visit.route;
    const now = this.#context.now();
    const left = endpoints.filter((endpoint) => !this.#excluded.has(endpoint));
    const allowed = left.filter((endpoint) => endpoint.isAllowed);
    const isFirst = visit.attempts === 0;
    if (isFirst && left.length > 0) budget.earn(now);

    const fresh = allowed.filter((endpoint) => !this.#tried.has(endpoint));
    if (fresh.length > 0) {
      if (!isFirst) budget.charge(now);
      // What has been away would never look worth asking: one request finds out, and moves on at once if it is not back.
      const endpoint = fresh.find(({ needsProbe }) => needsProbe) ?? balancer.pick(fresh, this.#kind);
      return this.#step(visit, endpoint, 0);
    }
    // The last route is the last hope: there even an endpoint that its breaker holds back is asked.
    const candidates = allowed.length === 0 && this.#visits.length === 1 ? left : allowed;
    if (isFirst) {
      return candidates.length > 0 ? this.#step(visit, balancer.pick(candidates, this.#kind), 0) : undefined;
    }
    return this.#again(visit, candidates, leftMs, now);
  }

  /** The route has been tried everywhere: one of its endpoints again, after a pause. */
  #again(
    visit: RouteProgress<T>,
    candidates: readonly T[],
    leftMs: number,
    now: number,
  ): PlannedAttempt<T> | undefined {
    const { balancer, budget } = visit.route;
    const { retry, random } = this.#context;
    const backoffMs = longestBackoff(visit.attempts - 1, retry);
    const jitterMs = fullJitter(visit.attempts - 1, retry, random);
    const waitMs = (endpoint: T): number => Math.max(jitterMs, this.#askedMs(endpoint, now));
    const inTime = candidates.filter((endpoint) => waitMs(endpoint) < leftMs);
    const elsewhereMs = this.#elsewhereMs(now);
    const worthIt = inTime.filter((endpoint) =>
      isWaitAcceptable(this.#askedMs(endpoint, now), backoffMs, elsewhereMs),
    );
    if (worthIt.length === 0) {
      if (inTime.length > 0) this.#putOff(visit);
      return undefined;
    }
    if (!budget.spend(now)) return undefined;
    const endpoint = balancer.pick(worthIt, this.#kind);
    return this.#step(visit, endpoint, waitMs(endpoint));
  }

  #step(visit: RouteProgress<T>, endpoint: T, delayMs: number): PlannedAttempt<T> {
    this.#tried.add(endpoint);
    visit.attempts += 1;
    return { endpoint, delayMs };
  }

  /** Others first; the request comes back when they cannot help, or not as soon. */
  #putOff(visit: RouteProgress<T>): void {
    this.#visits = [...this.#visits.filter((other) => other !== visit), visit];
  }

  #isSpent({ attempts }: RouteProgress<T>): boolean {
    return attempts > this.#context.retry.maxRetries;
  }

  /** What a server asks us to wait from now on, in ms. */
  #askedMs(endpoint: T, now: number): number {
    return Math.max(0, (this.#askAfter.get(endpoint) ?? now) - now);
  }

  /** When a route could be asked to which the request may still go, in ms; Infinity when there is none. */
  #elsewhereMs(now: number): number {
    const elsewhere = this.#visits.slice(1).filter((visit) => !this.#isSpent(visit));
    const endpoints = elsewhere.flatMap(({ route }) => route.endpoints);
    const able = endpoints.filter((endpoint) => endpoint.isAllowed && !this.#excluded.has(endpoint));
    return Math.min(...able.map((endpoint) => this.#askedMs(endpoint, now)));
  }

  readonly #isFresh = (endpoint: T): boolean => !this.#tried.has(endpoint) && endpoint.isAllowed;
}
