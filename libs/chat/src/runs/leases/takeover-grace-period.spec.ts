import { TakeoverGracePeriod } from './takeover-grace-period.js';

describe('TakeoverPatience', () => {
  const leaseMs = 15_000;

  it('has passed at the start, and while the database answers', () => {
    const gracePeriod = new TakeoverGracePeriod(leaseMs, 0);
    for (const now of [10, 5_010, 10_010, 19_000]) {
      gracePeriod.databaseAnswered(now);
      expect(gracePeriod.isOver(now)).toBe(true);
    }
  });

  it('begins after an outage in which leases may have expired, so that all replicas can renew them', () => {
    const gracePeriod = new TakeoverGracePeriod(leaseMs, 0);
    gracePeriod.databaseAnswered(10_001);
    expect(gracePeriod.isOver(10_001)).toBe(false);
    gracePeriod.databaseAnswered(15_001);
    expect(gracePeriod.isOver(15_001)).toBe(false);
    gracePeriod.databaseAnswered(20_001);
    expect(gracePeriod.isOver(20_001)).toBe(true);
  });
});
