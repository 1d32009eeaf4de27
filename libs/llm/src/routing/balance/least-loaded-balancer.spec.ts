import fc from 'fast-check';
import { LeastLoadedBalancer, type BalancedEndpoint } from './least-loaded-balancer.js';

/** One that is asked for streamed answers alone. */
const endpoint = (inFlight: number, expectedMs: number | undefined, weight = 1): BalancedEndpoint => ({
  inFlight,
  weight,
  streamed: { expectedMs, unanswered: inFlight },
  plain: { expectedMs: undefined, unanswered: 0 },
});

/** Draws these numbers, one after the other. */
const drawing = (...numbers: number[]): (() => number) => {
  let next = 0;
  return () => numbers[next++ % numbers.length]!;
};

describe('LeastLoadedBalancer', () => {
  it.each<[string, BalancedEndpoint, BalancedEndpoint]>([
    ['the faster', endpoint(1, 50), endpoint(1, 100)],
    ['the less loaded', endpoint(1, 100), endpoint(2, 100)],
    ['the faster under more load', endpoint(3, 10), endpoint(0, 100)],
    ['the heavier', endpoint(1, 100, 3), endpoint(1, 100, 1)],
    ['the unknown and idle', endpoint(0, undefined), endpoint(0, 1)],
    ['the known over the unknown that has not answered yet', endpoint(5, 900), endpoint(1, undefined)],
  ])('prefers %s', (_, better, worse) => {
    expect(new LeastLoadedBalancer(drawing(0, 0)).pick([better, worse], 'streamed')).toBe(better);
    expect(new LeastLoadedBalancer(drawing(0.99, 0)).pick([better, worse], 'streamed')).toBe(better);
    expect(new LeastLoadedBalancer(drawing(0, 0)).pick([worse, better], 'streamed')).toBe(better);
  });

  it('weighs each kind of answer by itself', () => {
    const known = { expectedMs: 900, unanswered: 1 };
    const slowInStreams: BalancedEndpoint = {
      inFlight: 1,
      weight: 1,
      streamed: known,
      plain: { ...known, expectedMs: 10 },
    };
    const slowInWholes: BalancedEndpoint = { ...slowInStreams, streamed: slowInStreams.plain, plain: known };
    const balancer = new LeastLoadedBalancer<BalancedEndpoint>(drawing(0, 0));
    expect(balancer.pick([slowInStreams, slowInWholes], 'streamed')).toBe(slowInWholes);
    expect(balancer.pick([slowInStreams, slowInWholes], 'plain')).toBe(slowInStreams);
    const unknownInWholes: BalancedEndpoint = {
      ...slowInStreams,
      plain: { expectedMs: undefined, unanswered: 0 },
    };
    expect(balancer.pick([slowInStreams, unknownInWholes], 'plain')).toBe(unknownInWholes);
  });

  it('looks at two different ones, drawn at random', () => {
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

  it('takes the only one there is without drawing', () => {
    const only = endpoint(99, 99);
    const random = (): number => {
      throw new Error('drawn');
    };
    expect(new LeastLoadedBalancer(random).pick([only], 'streamed')).toBe(only);
  });

  it('always picks a candidate, and never the dearest of several', () => {
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

  it('spreads evenly over equals, and leaves a ten times slower one almost alone', () => {
    const asked = [0, 0, 0];
    const three = [endpoint(0, 10), endpoint(0, 10), endpoint(0, 100)];
    let seed = 1;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const balancer = new LeastLoadedBalancer<BalancedEndpoint>(random);
    for (let count = 0; count < 3_000; count += 1) {
      const place = three.indexOf(balancer.pick(three, 'streamed'));
      asked[place] = asked[place]! + 1;
    }
    expect(asked[2]).toBe(0);
    expect(Math.abs(asked[0]! - asked[1]!)).toBeLessThan(300);
  });
});
