import fc from 'fast-check';
import { defaultShare, FairShares } from './fair-shares.js';

/** Lets an owner take all that it may. @returns how many it holds then */
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
  ])('of %i places an owner may hold %i while it is alone', (capacity, most) => {
    const shares = new FairShares(() => capacity, defaultShare);
    expect([shares.allowance('ann'), fill(shares, 'ann'), shares.allowance('ann')]).toEqual([most, most, 0]);
  });

  it('leaves places to owners that come later, however many hold all that they may', () => {
    const shares = new FairShares(() => 100, defaultShare);
    expect(['a', 'b'].map((owner) => fill(shares, owner))).toEqual([80, 16]);
    expect(shares.allows('c')).toBe(true);
    expect(fill(shares, 'c')).toBe(4);
    shares.giveBack('a');
    expect([shares.allows('a'), shares.allows('e')]).toEqual([false, true]);
  });

  it('lets the process itself, and a share of 1, have everything', () => {
    expect(fill(new FairShares(() => 100, defaultShare), undefined)).toBe(100);
    expect(fill(new FairShares(() => 100, 1), 'ann')).toBe(100);
  });

  it('keeps its bounds under any sequence: capacity, share, and a free place for an owner without one', () => {
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
          } else if (!isTaking && shares.held(owner) > 0) shares.giveBack(owner);
          else if (isTaking) expect(shares.allowance(owner)).toBe(0);
          expect(shares.total).toBeLessThanOrEqual(capacity);
          expect(shares.allows('new')).toBe(shares.total < capacity);
        }
      }),
    );
  });

  it('does not let a place be given back twice', () => {
    const shares = new FairShares(() => 2, 1);
    shares.take('ann');
    shares.giveBack('ann');
    expect(() => shares.giveBack('ann')).toThrow(RangeError);
  });
});
