import fc from 'fast-check';
import { fullJitter, isWaitAcceptable } from './backoff.js';

const options = { baseMs: 200, maxMs: 5_000 };

describe('fullJitter', () => {
  it.each([
    [0, 200],
    [1, 400],
    [4, 3_200],
    [5, 5_000],
    [2_000, 5_000],
  ])('draws the delay of retry %i from 0 to %i ms', (retry, bound) => {
    expect(fullJitter(retry, options, () => 0)).toBe(0);
    expect(fullJitter(retry, options, () => 0.5)).toBe(bound / 2);
    expect(fullJitter(retry, options, () => 1 - Number.EPSILON)).toBeCloseTo(bound, 5);
  });

  it('is proportional to the random number and stays within its bounds', () => {
    const bounds = {
      baseMs: fc.integer({ min: 1, max: 10_000 }),
      maxMs: fc.integer({ min: 1, max: 60_000 }),
    };
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.record(bounds),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (retry, o, r) => {
          const wait = fullJitter(retry, o, () => r);
          expect(wait).toBeLessThanOrEqual(o.maxMs);
          expect(wait).toBeCloseTo(r * Math.min(o.maxMs, o.baseMs * 2 ** retry), 6);
        },
      ),
    );
  });
});

describe('isWaitAcceptable', () => {
  it.each([
    [0, 200, 0, true],
    [200, 200, 0, true],
    [201, 200, 0, false],
    [60_000, 200, 0, false],
    [60_000, 200, Infinity, true],
    [500, 200, 499, false],
    [500, 200, 500, true],
  ])(
    'the server asks for %i ms, backoff is at most %i ms, another route is available in %i ms: %s',
    (retryAfter, backoff, otherRoute, isAcceptable) => {
      expect(isWaitAcceptable(retryAfter, backoff, otherRoute)).toBe(isAcceptable);
    },
  );
});
