import { LlmError, type RetryScope } from '../../errors/llm-error.js';
import { RetryBudget } from './retry-budget.js';
import { RoundRobinBalancer } from '../balance/round-robin-balancer.js';
import { FailoverPlan, type PlannedRoute } from './failover-plan.js';

let now = 0;
beforeEach(() => (now = 0));

interface Stub {
  name: string;
  isAllowed: boolean;
  needsProbe: boolean;
  weight: number;
}

/** `'ab|c'`: a route with endpoints a and b, then a route with c. Upper case: the breaker is open. */
function routesOf(chain: string, floor = 100): PlannedRoute<Stub>[] {
  return chain.split('|').map((names) => {
    const endpoints = [...names].map((name) => ({
      name: name.toLowerCase(),
      isAllowed: name === name.toLowerCase(),
      needsProbe: false,
      weight: 1,
    }));
    return {
      endpoints,
      balancer: new RoundRobinBalancer(),
      budget: new RetryBudget({ ratio: 0, floor, perSecond: 0 }, 0),
    };
  });
}

const scopes: Record<string, RetryScope> = {
  any: 'anywhere',
  else: 'elsewhere',
  route: 'other_route',
  never: 'never',
};
/** `'any'`, `'else'`, …: a failure of this scope; `'any:2500'`: the server also asks to wait 2500 ms. */
function errorOf(failure: string): LlmError {
  const [scope, wait] = failure.split(':');
  return new LlmError('failed', {
    code: 'x',
    scope: scopes[scope!]!,
    retryAfterMs: wait === undefined ? undefined : Number(wait),
  });
}

function planOf(chain: string, maxRetries = 3, routes = routesOf(chain)) {
  return new FailoverPlan(routes, 'plain', {
    retry: { maxRetries, baseMs: 100, maxMs: 300 },
    random: () => 0.5,
    now: () => now,
  });
}

/** The attempts of a request that fail one after the other in these ways; `a b a+50 -`: a, b, a after 50 ms, none. */
function steps(chain: string, failures: string, { maxRetries = 3, leftMs = Infinity } = {}): string {
  const plan = planOf(chain, maxRetries);
  const planned: string[] = [];
  for (const failure of [...failures.split(' '), '']) {
    const next = plan.next(leftMs);
    if (next === undefined) return [...planned, '-'].join(' ');
    planned.push(next.endpoint.name + (next.delayMs > 0 ? `+${next.delayMs}` : ''));
    if (failure !== '') plan.failed(next.endpoint, errorOf(failure));
  }
  return planned.join(' ');
}

describe('FailoverPlan', () => {
  it.each([
    ['the same endpoint after a backoff, up to the maximum', 'a', 'any any any any', 'a a+50 a+100 a+150 -'],
    ['an untried endpoint first, without delay', 'ab', 'any any any any', 'a b b+100 a+150 -'],
    ['every endpoint once before one twice', 'abc', 'any any any any', 'a b c c+150 -'],
    ['no endpoint that is excluded', 'ab', 'else any any any', 'a b b+100 b+150 -'],
    ['the next route when all are excluded', 'ab|c', 'else else any', 'a b c c+50'],
    [
      'the next route after the maximum of retries',
      'a|b',
      'any any any any any',
      'a a+50 a+100 a+150 b b+50',
    ],
    ['the next route immediately when the model cannot serve the request', 'ab|c', 'route any', 'a c c+50'],
    ['no endpoint after that in the last route', 'ab', 'route', 'a -'],
    ['no endpoint when the request is at fault', 'ab|c', 'never', 'a -'],
    ['the next route when the last endpoint is excluded after a retry', 'a|b', 'any else', 'a a+50 b'],
    [
      'the same endpoint after the wait that its server asks for, if longer than the backoff',
      'a',
      'any:250 any any:20',
      'a a+250 a+100 a+150',
    ],
    [
      'an endpoint after the rest of the wait that its server asked for',
      'ab',
      'any:400 any any any',
      'a b b+100 a+400 -',
    ],
    ['only endpoints with a closed breaker, if there are any', 'Ab', 'any any', 'b b+50 b+100'],
    ['the next route if all breakers of this one are open', 'AB|c', 'any', 'c c+50'],
    ['endpoints with an open breaker in the only route', 'AB', 'any any', 'a b+50 a+100'],
    ['endpoints with an open breaker in the last of several routes', 'a|B', 'else any', 'a b b+50'],
    ['a healthy next route before a server that asks for a long wait', 'a|b', 'any:250 any', 'a b b+50'],
    [
      'a server that asks for no longer than the backoff',
      'a|b',
      'any:100 any:200 any',
      'a a+100 a+200 a+150',
    ],
    ['a postponed route when no other can serve the request', 'a|b', 'any:250 else any', 'a b a+250 a+100'],
    ['both postponed routes, in their order', 'a|b', 'any:150 any:250 else any', 'a b a+150 b+250 b+100'],
    ['the same route while no other is healthy', 'a|BC', 'any:250 else', 'a a+250 b'],
    ['no route again after its last endpoint was excluded', 'a|b', 'any:250 else else', 'a b a+250 -'],
    ['the route after one whose model cannot serve the request', 'a|b|c', 'any:250 route any', 'a b c c+50'],
  ])('chooses %s', (_, chain, failures, expected) => {
    expect(steps(chain, failures)).toBe(expected);
  });

  it.each([
    ['once, without retries', 'ab', 0, 'any any', 'a -'],
    ['once in each route, without retries', 'ab|c', 0, 'any any', 'a c -'],
    ['as often in the second route as in the first', 'a|b', 1, 'any any any any', 'a a+50 b b+50 -'],
  ])('asks endpoints %s', (_, chain, maxRetries, failures, expected) => {
    expect(steps(chain, failures, { maxRetries })).toBe(expected);
  });

  it.each([
    ['the next route instead of a wait beyond the deadline', 'a|b', 'any:60000 any', 'a b b+50'],
    ['another endpoint whose wait fits', 'ab', 'any:60000 any any', 'a b b+100 b+150'],
    ['nothing when no wait fits', 'a', 'any:60000', 'a -'],
  ])('proposes %s', (_, chain, failures, expected) => {
    expect(steps(chain, failures, { leftMs: 30_000 })).toBe(expected);
  });

  it('starts each request at the endpoint that the balancer picks', () => {
    const routes = routesOf('abc');
    const firsts = Array.from({ length: 5 }, () => planOf('', 3, routes).next()!.endpoint.name);
    expect(firsts.join('')).toBe('abcab');
  });

  it.each([
    ['another endpoint of the route', 'ab', 3, true],
    ['no other endpoint', 'a', 3, false],
    ['another endpoint with an open breaker', 'aB', 3, false],
    ['another route', 'a|b', 3, true],
    ['another endpoint of the route, without retries', 'ab', 0, false],
    ['another route, without retries', 'ab|c', 0, true],
  ])(
    'reports whether there is an alternative after the first attempt: %s',
    (_, chain, maxRetries, expected) => {
      const plan = planOf(chain, maxRetries);
      plan.next();
      expect(plan.hasAlternative).toBe(expected);
    },
  );

  it('has no alternative once every endpoint was tried', () => {
    const plan = planOf('ab');
    plan.failed(plan.next()!.endpoint, errorOf('any'));
    plan.next();
    expect(plan.hasAlternative).toBe(false);
  });

  it('retries the same endpoint only within the budget, but always fails over to another one', () => {
    const routes = routesOf('ab', 1);
    const askAll = (): string => {
      const plan = planOf('', 3, routes);
      const asked: string[] = [];
      for (let next = plan.next(); next !== undefined; next = plan.next()) {
        asked.push(next.endpoint.name);
        plan.failed(next.endpoint, errorOf('any'));
      }
      return asked.join('');
    };
    expect([askAll(), askAll(), askAll()]).toEqual(['ab', 'ba', 'ab']);
    expect(routes[0]!.budget.available(0)).toBe(-2);
  });

  it('subtracts the time that has passed from the wait that a server asked for', () => {
    const plan = planOf('a|b', 1);
    plan.failed(plan.next()!.endpoint, errorOf('any:250'));
    expect(plan.next()!.endpoint.name).toBe('b');
    now = 200;
    plan.failed(routesOf('b')[0]!.endpoints[0]!, errorOf('any'));
    plan.next();
    expect(plan.next()).toMatchObject({ endpoint: { name: 'a' }, delayMs: 50 });
  });

  it('reports the shortest remaining wait that a server asked for', () => {
    const plan = planOf('abc');
    expect(plan.retryAfterMs).toBeUndefined();
    const [a, b] = [plan.next()!.endpoint, plan.next()!.endpoint];
    plan.failed(a, errorOf('any:900'));
    plan.failed(b, errorOf('any:300'));
    expect(plan.retryAfterMs).toBe(300);
    now = 100.5;
    expect(plan.retryAfterMs).toBe(200);
    plan.failed(b, errorOf('any'));
    expect(plan.retryAfterMs).toBe(800);
    now = 900;
    expect(plan.retryAfterMs).toBeUndefined();
  });

  it('skips only one route when both attempts of a hedged pair report that its model cannot serve the request', () => {
    const plan = planOf('ab|c|d');
    const [first, second] = [plan.next()!.endpoint, plan.hedge()!];
    plan.failed(second, errorOf('route'));
    plan.failed(first, errorOf('route'));
    expect(plan.next()!.endpoint.name).toBe('c');
  });

  it('first asks an endpoint whose breaker waits for a probe', () => {
    const routes = routesOf('abc');
    routes[0]!.endpoints[2]!.needsProbe = true;
    expect(planOf('', 3, routes).next()!.endpoint.name).toBe('c');
  });

  it('offers each healthy untried endpoint once for a hedge', () => {
    const plan = planOf('abC');
    expect(plan.next()!.endpoint.name).toBe('a');
    expect([plan.hedge()?.name, plan.hedge()?.name]).toEqual(['b', undefined]);
  });
});
