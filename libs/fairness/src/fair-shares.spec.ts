import fc from 'fast-check';
import { defaultShare, FairShares } from './fair-shares.js';

/** Takes slots for an owner until no more are allowed. @returns the number of slots that it holds */
function fill(shares: FairShares, owner: string | undefined): number {
  while (shares.allows(owner)) shares.take(owner);
  return shares.held(owner);
}

describe('FairShares', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 4],
    [5, 4],
    [10, 8],
    [100, 80],
    [1_000, 800],
  ])('of %i slots, a single owner may hold %i', (capacity, most) => {
    const shares = new FairShares(() => capacity, defaultShare);
    expect([shares.allowance('ann'), fill(shares, 'ann'), shares.allowance('ann')]).toEqual([most, most, 0]);
  });

  it('leaves slots for later owners, even if earlier ones hold their maximum', () => {
    const shares = new FairShares(() => 100, defaultShare);
    expect(['a', 'b'].map((owner) => fill(shares, owner))).toEqual([80, 16]);
    expect(shares.allows('c')).toBe(true);
    expect(fill(shares, 'c')).toBe(4);
    shares.release('a');
    expect([shares.allows('a'), shares.allows('e')]).toEqual([false, true]);
  });

  it('allows all slots to the process itself, and with a share of 1', () => {
    expect(fill(new FairShares(() => 100, defaultShare), undefined)).toBe(100);
    expect(fill(new FairShares(() => 100, 1), 'ann')).toBe(100);
  });

  it('keeps its bounds under any sequence: capacity, share, and a free slot for an owner without one', () => {
    const owner = fc.constantFrom('a', 'b', 'c', undefined);
    const step = fc.record({ owner, isTaking: fc.boolean() });
    const share = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), share, fc.array(step), (capacity, part, steps) => {
        const shares = new FairShares(() => capacity, part);
        for (const { owner, isTaking } of steps) {
          if (isTaking && shares.allows(owner)) {
            expect(shares.allowance(owner)).toBeGreaterThanOrEqual(1);
            shares.take(owner);
          } else if (!isTaking && shares.held(owner) > 0) shares.release(owner);
          else if (isTaking) expect(shares.allowance(owner)).toBe(0);
          expect(shares.total).toBeLessThanOrEqual(capacity);
          expect(shares.allows('new')).toBe(shares.total < capacity);
        }
      }),
    );
  });

  it('throws if a slot is released twice', () => {
    const shares = new FairShares(() => 2, 1);
    shares.take('ann');
    shares.release('ann');
    expect(() => shares.release('ann')).toThrow(RangeError);
  });
});
