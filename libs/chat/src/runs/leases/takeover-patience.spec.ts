import { TakeoverPatience } from './takeover-patience.js';

describe('TakeoverPatience', () => {
  const leaseMs = 15_000;

  it('is not asked for while the database answers, nor at the start', () => {
    const patience = new TakeoverPatience(leaseMs, 0);
    for (const now of [10, 5_010, 10_010, 19_000]) {
      patience.heard(now);
      expect(patience.isOver(now)).toBe(true);
    }
  });

  it('lets everybody renew their leases after an outage in which they may have run out', () => {
    const patience = new TakeoverPatience(leaseMs, 0);
    patience.heard(10_001);
    expect(patience.isOver(10_001)).toBe(false);
    patience.heard(15_001);
    expect(patience.isOver(15_001)).toBe(false);
    patience.heard(20_001);
    expect(patience.isOver(20_001)).toBe(true);
  });
});
