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

/** `'ab|c'`: a route of endpoints a and b, then one of c; upper case: held back by its breaker. */
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
/** `'any'`, `'else'`, …; `'any:2500'`: and the server asks for so many milliseconds. */
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

/** The steps of a request whose attempts fail one after the other in these ways, e.g. `a b a+50 -`. */
function steps(chain: string, failures: string, { maxRetries = 3, leftMs = Infinity } = {}): string {
  const plan = planOf(chain, maxRetries);
  const said: string[] = [];
  for (const failure of [...failures.split(' '), '']) {
    const step = plan.next(leftMs);
    if (step === undefined) return [...said, '-'].join(' ');
    said.push(step.endpoint.name + (step.delayMs > 0 ? `+${step.delayMs}` : ''));
    if (failure !== '') plan.failed(step.endpoint, errorOf(failure));
  }
  return said.join(' ');
}

describe('FailoverPlan', () => {
  it.each([
    ['the same endpoint after a backoff, so many times', 'a', 'any any any any', 'a a+50 a+100 a+150 -'],
    ['another endpoint first, without delay', 'ab', 'any any any any', 'a b b+100 a+150 -'],
    ['every endpoint once before any twice', 'abc', 'any any any any', 'a b c c+150 -'],
    ['not the one that must be left alone', 'ab', 'else any any any', 'a b b+100 b+150 -'],
    ['the next route when all are excluded', 'ab|c', 'else else any', 'a b c c+50'],
    ['the next route after so many retries', 'a|b', 'any any any any any', 'a a+50 a+100 a+150 b b+50'],
    ['the next route at once when the model cannot help', 'ab|c', 'route any', 'a c c+50'],
    ['nowhere after that in the last route', 'ab', 'route', 'a -'],
    ['nowhere when the request is at fault', 'ab|c', 'never', 'a -'],
    ['the next route when the last of one is excluded after a retry', 'a|b', 'any else', 'a a+50 b'],
    [
      'what the server asks for, if longer than the backoff',
      'a',
      'any:250 any any:20',
      'a a+250 a+100 a+150',
    ],
    ['no longer what it asked for before that', 'ab', 'any:400 any any any', 'a b b+100 a+400 -'],
    ['allowed endpoints only, while there are any', 'Ab', 'any any', 'b b+50 b+100'],
    ['past a route that is held back', 'AB|c', 'any', 'c c+50'],
    ['held back ones in the last route, rather than nobody', 'AB', 'any any', 'a b+50 a+100'],
    ['held back ones in the last route of several', 'a|B', 'else any', 'a b b+50'],
    ['a further route in good health before a server that asks for long', 'a|b', 'any:250 any', 'a b b+50'],
    ['a server that asks for no longer than a backoff', 'a|b', 'any:100 any:200 any', 'a a+100 a+200 a+150'],
    ['whom it left waiting, when nobody else can help', 'a|b', 'any:250 else any', 'a b a+250 a+100'],
    ['both whom it left waiting, in their order', 'a|b', 'any:150 any:250 else any', 'a b a+150 b+250 b+100'],
    ['nobody else while no further route is in good health', 'a|BC', 'any:250 else', 'a a+250 b'],
    ['no route again that it left after a retry', 'a|b', 'any:250 else else', 'a b a+250 -'],
    ['past the route whose model cannot help, once', 'a|b|c', 'any:250 route any', 'a b c c+50'],
  ])('goes to %s', (_, chain, failures, expected) => {
    expect(steps(chain, failures)).toBe(expected);
  });

  it.each([
    ['once, without retries', 'ab', 0, 'any any', 'a -'],
    ['once in each route, without retries', 'ab|c', 0, 'any any', 'a c -'],
    ['as often in the second route as in the first', 'a|b', 1, 'any any any any', 'a a+50 b b+50 -'],
  ])('asks %s', (_, chain, maxRetries, failures, expected) => {
    expect(steps(chain, failures, { maxRetries })).toBe(expected);
  });

  it.each([
    ['the next route rather than a wait beyond the time left', 'a|b', 'any:60000 any', 'a b b+50'],
    ['another endpoint whose wait fits', 'ab', 'any:60000 any any', 'a b b+100 b+150'],
    ['nothing when no wait fits', 'a', 'any:60000', 'a -'],
  ])('proposes %s', (_, chain, failures, expected) => {
    expect(steps(chain, failures, { leftMs: 30_000 })).toBe(expected);
  });

  it('spreads requests over the endpoints, each beginning where the last one left off', () => {
    const routes = routesOf('abc');
    const firsts = Array.from({ length: 5 }, () => planOf('', 3, routes).next()!.endpoint.name);
    expect(firsts.join('')).toBe('abcab');
  });

  it.each([
    ['another of the route', 'ab', 3, true],
    ['none but itself', 'a', 3, false],
    ['one that is held back', 'aB', 3, false],
    ['another route', 'a|b', 3, true],
    ['another of the route, but no retry', 'ab', 0, false],
    ['another route, without retries', 'ab|c', 0, true],
  ])('knows an alternative after the first step: %s', (_, chain, maxRetries, expected) => {
    const plan = planOf(chain, maxRetries);
    plan.next();
    expect(plan.hasAlternative).toBe(expected);
  });

  it('has no alternative once every endpoint was tried', () => {
    const plan = planOf('ab');
    plan.failed(plan.next()!.endpoint, errorOf('any'));
    plan.next();
    expect(plan.hasAlternative).toBe(false);
  });

  it('knocks again at the same door only while the budget lasts, and turns to another one in any case', () => {
    const routes = routesOf('ab', 1);
    const walk = (): string => {
      const plan = planOf('', 3, routes);
      const said: string[] = [];
      for (let step = plan.next(); step !== undefined; step = plan.next()) {
        said.push(step.endpoint.name);
        plan.failed(step.endpoint, errorOf('any'));
      }
      return said.join('');
    };
    expect([walk(), walk(), walk()]).toEqual(['ab', 'ba', 'ab']);
    expect(routes[0]!.budget.available(0)).toBe(-2);
  });

  it('waits no longer than is left of what a server asked for', () => {
    const plan = planOf('a|b', 1);
    plan.failed(plan.next()!.endpoint, errorOf('any:250'));
    expect(plan.next()!.endpoint.name).toBe('b');
    now = 200;
    plan.failed(routesOf('b')[0]!.endpoints[0]!, errorOf('any'));
    plan.next();
    expect(plan.next()).toMatchObject({ endpoint: { name: 'a' }, delayMs: 50 });
  });

  it('tells when the first of those that asked for a wait may be asked again', () => {
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

  it('leaves a route once, though both who were asked there say that it cannot help', () => {
    const plan = planOf('ab|c|d');
    const [first, second] = [plan.next()!.endpoint, plan.hedge()!];
    plan.failed(second, errorOf('route'));
    plan.failed(first, errorOf('route'));
    expect(plan.next()!.endpoint.name).toBe('c');
  });

  it('finds out first whether the one that was away is back', () => {
    const routes = routesOf('abc');
    routes[0]!.endpoints[2]!.needsProbe = true;
    expect(planOf('', 3, routes).next()!.endpoint.name).toBe('c');
  });

  it('has a second one to ask beside the first, in good health and only once', () => {
    const plan = planOf('abC');
    expect(plan.next()!.endpoint.name).toBe('a');
    expect([plan.hedge()?.name, plan.hedge()?.name]).toEqual(['b', undefined]);
  });
});
