import { type LlmError } from '../errors/llm-error.js';
import { fullJitter, type BackoffOptions } from './backoff.js';
import { type Balancer } from './balancer.js';
import { type RetryBudget } from './retry-budget.js';

export interface RetryOptions extends BackoffOptions {
  /** Retries in one route, beside its first attempt. */
  maxRetries: number;
}

export const retryDefaults: RetryOptions = { maxRetries: 3, baseMs: 200, maxMs: 5_000 };

/** What a plan has to know of an endpoint. */
export interface Candidate {
  /** May it be asked now, as far as its health goes? */
  readonly isAllowed: boolean;
  /** Has it been away, and is it time to see whether it is back? */
  readonly needsProbe: boolean;
}

/** A route as a plan sees it. */
export interface PlannedRoute<T extends Candidate> {
  readonly endpoints: readonly T[];
  readonly balancer: Balancer<T>;
  readonly budget: RetryBudget;
}

/** Ask this endpoint, after this many milliseconds. */
export interface Step<T> {
  endpoint: T;
  delayMs: number;
}

/**
 * Where one request goes next, given what has failed so far: another endpoint of the route at once, the same one
 * after a backoff if the route's budget has a retry left, the next route when the route has been tried often enough or
 * cannot help, and then nowhere.
 */
export class FailoverPlan<T extends Candidate> {
  readonly #routes: readonly PlannedRoute<T>[];
  readonly #retry: RetryOptions;
  readonly #random: () => number;
  #route = 0;
  #attempts = 0;
  #tried = new Set<T>();
  #excluded = new Set<T>();
  #waitAtLeast = new Map<T, number>();
  #over = false;

  /** @param now the time on the clock of the budgets */
  constructor(
    routes: readonly PlannedRoute<T>[],
    retry: RetryOptions,
    random: () => number,
    private readonly now: () => number,
  ) {
    this.#routes = routes;
    this.#retry = retry;
    this.#random = random;
  }

  /**
   * The next step, or undefined when there is nothing left to try.
   * @param leftMs the time left for the request; a wait that would use it up is not proposed
   */
  next(leftMs = Number.POSITIVE_INFINITY): Step<T> | undefined {
    while (!this.#over && this.#route < this.#routes.length) {
      const step = this.#isRouteSpent ? undefined : this.#stepIn(this.#routes[this.#route]!, leftMs);
      if (step !== undefined) return step;
      this.#leaveRoute();
    }
    return undefined;
  }

  /** Is there an endpoint that this request has not been to, and may still go to? */
  get hasAlternative(): boolean {
    return this.#routes
      .slice(this.#isRouteSpent ? this.#route + 1 : this.#route)
      .some((route) => route.endpoints.some((endpoint) => !this.#tried.has(endpoint) && endpoint.isAllowed));
  }

  failed(endpoint: T, error: LlmError): void {
    this.#waitAtLeast.set(endpoint, error.retryAfterMs ?? 0);
    if (error.scope === 'never') this.#over = true;
    if (error.scope === 'elsewhere') this.#excluded.add(endpoint);
    if (error.scope === 'other_route') this.#leaveRoute();
  }

  /**
   * Another endpoint of the route, to be asked beside one that is slow to answer; undefined when there is none in good
   * health that this request has not been to.
   */
  hedge(): T | undefined {
    const route = this.#routes[this.#route];
    const fresh =
      route?.endpoints.filter((endpoint) => endpoint.isAllowed && !this.#tried.has(endpoint)) ?? [];
    if (route === undefined || fresh.length === 0) return undefined;
    const endpoint = route.balancer.pick(fresh);
    this.#tried.add(endpoint);
    return endpoint;
  }

  #stepIn(route: PlannedRoute<T>, leftMs: number): Step<T> | undefined {
    const { endpoints, balancer, budget } = route;
    const left = endpoints.filter((endpoint) => !this.#excluded.has(endpoint));
    const allowed = left.filter((endpoint) => endpoint.isAllowed);
    const isFirst = this.#attempts === 0;
    if (isFirst && left.length > 0) budget.earn(this.now());

    const fresh = allowed.filter((endpoint) => !this.#tried.has(endpoint));
    if (fresh.length > 0) {
      if (!isFirst) budget.charge(this.now());
      // What has been away would never look worth asking: one request finds out, and moves on at once if it is not back.
      return this.#step(fresh.find(({ needsProbe }) => needsProbe) ?? balancer.pick(fresh), 0);
    }
    // The last route is the last hope: there even an endpoint that its breaker holds back is asked.
    const candidates = allowed.length === 0 && this.#isLastRoute ? left : allowed;
    if (isFirst) return candidates.length > 0 ? this.#step(balancer.pick(candidates), 0) : undefined;
    const jitterMs = fullJitter(this.#attempts - 1, this.#retry, this.#random);
    const waitMs = (endpoint: T): number => Math.max(jitterMs, this.#waitAtLeast.get(endpoint) ?? 0);
    const inTime = candidates.filter((endpoint) => waitMs(endpoint) < leftMs);
    if (inTime.length === 0 || !budget.spend(this.now())) return undefined;
    const endpoint = balancer.pick(inTime);
    return this.#step(endpoint, waitMs(endpoint));
  }

  #step(endpoint: T, delayMs: number): Step<T> {
    this.#tried.add(endpoint);
    this.#attempts += 1;
    return { endpoint, delayMs };
  }

  get #isRouteSpent(): boolean {
    return this.#attempts > this.#retry.maxRetries;
  }

  get #isLastRoute(): boolean {
    return this.#route === this.#routes.length - 1;
  }

  #leaveRoute(): void {
    this.#route += 1;
    this.#attempts = 0;
  }
}
