import fc from 'fast-check';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';

/** An endpoint with a known latency of streamed answers only. */
const endpoint = (inFlight: number, expectedMs: number | undefined, weight = 1): BalancedEndpoint => ({
  inFlight,
  weight,
  streamed: { expectedMs, unanswered: inFlight },
  plain: { expectedMs: undefined, unanswered: 0 },
});

/** Returns these numbers in turn. */
const drawing = (...numbers: number[]): (() => number) => {
  let next = 0;
  return () => numbers[next++ % numbers.length]!;
};

describe('LeastLoadedBalancer', () => {
  it.each<[string, BalancedEndpoint, BalancedEndpoint]>([
    ['the faster endpoint', endpoint(1, 50), endpoint(1, 100)],
    ['the less loaded endpoint', endpoint(1, 100), endpoint(2, 100)],
    ['the much faster endpoint under more load', endpoint(3, 10), endpoint(0, 100)],
    ['the endpoint with more weight', endpoint(1, 100, 3), endpoint(1, 100, 1)],
    ['an idle endpoint of unknown latency', endpoint(0, undefined), endpoint(0, 1)],
    ['a slow one over one whose first request is unanswered', endpoint(5, 900), endpoint(1, undefined)],
  ])('prefers %s', (_, better, worse) => {
    expect(new LeastLoadedBalancer(drawing(0, 0)).pick([better, worse], 'streamed')).toBe(better);
    expect(new LeastLoadedBalancer(drawing(0.99, 0)).pick([better, worse], 'streamed')).toBe(better);
    expect(new LeastLoadedBalancer(drawing(0, 0)).pick([worse, better], 'streamed')).toBe(better);
  });

  it('compares streamed and plain answers separately', () => {
    const known = { expectedMs: 900, unanswered: 1 };
    const slowStreamed: BalancedEndpoint = {
      inFlight: 1,
      weight: 1,
      streamed: known,
      plain: { ...known, expectedMs: 10 },
    };
    const slowPlain: BalancedEndpoint = { ...slowStreamed, streamed: slowStreamed.plain, plain: known };
    const balancer = new LeastLoadedBalancer<BalancedEndpoint>(drawing(0, 0));
    expect(balancer.pick([slowStreamed, slowPlain], 'streamed')).toBe(slowPlain);
    expect(balancer.pick([slowStreamed, slowPlain], 'plain')).toBe(slowStreamed);
    const unknownPlain: BalancedEndpoint = {
      ...slowStreamed,
      plain: { expectedMs: undefined, unanswered: 0 },
    };
    expect(balancer.pick([slowStreamed, unknownPlain], 'plain')).toBe(unknownPlain);
  });

  it('compares two different endpoints, drawn at random', () => {
    const endpoints = [endpoint(0, 1), endpoint(0, 2), endpoint(0, 3), endpoint(0, 4)];
    const pairs: [number, number, number][] = [
      [0, 0, 0],
      [0.99, 0.99, 2],
      [0.5, 0.67, 2],
      [0.25, 0.34, 1],
    ];
    for (const [first, other, picked] of pairs) {
      expect(
        endpoints.indexOf(new LeastLoadedBalancer(drawing(first, other)).pick(endpoints, 'streamed')),
      ).toBe(picked);
    }
  });

  it('picks a single candidate without drawing', () => {
    const only = endpoint(99, 99);
    const random = (): number => {
      throw new Error('drawn');
    };
    expect(new LeastLoadedBalancer(random).pick([only], 'streamed')).toBe(only);
  });

  it('always picks a candidate, and never the one with the highest cost', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(50), fc.nat(1_000)).map((one) => endpoint(...one)),
          { minLength: 2, maxLength: 6 },
        ),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        (candidates, numbers) => {
          const picked = new LeastLoadedBalancer(() => numbers.next().value as number).pick(
            candidates,
            'streamed',
          );
          const costOf = (one: BalancedEndpoint): number =>
            Math.sqrt(one.inFlight + 1) * one.streamed.expectedMs!;
          const costs = candidates.map(costOf).sort((a, b) => a - b);
          expect(candidates).toContain(picked);
          expect(costOf(picked)).toBeLessThanOrEqual(costs.at(-2)!);
        },
      ),
    );
  });

  it('distributes requests evenly over equal endpoints, and avoids one that is ten times slower', () => {
    const asked = [0, 0, 0];
    const three = [endpoint(0, 10), endpoint(0, 10), endpoint(0, 100)];
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const balancer = new LeastLoadedBalancer<BalancedEndpoint>(random);
    for (let count = 0; count < 3_000; count += 1) {
      const picked = three.indexOf(balancer.pick(three, 'streamed'));
      asked[picked] = asked[picked]! + 1;
    }
    expect(asked[2]).toBe(0);
    expect(Math.abs(asked[0]! - asked[1]!)).toBeLessThan(300);
  });
});
