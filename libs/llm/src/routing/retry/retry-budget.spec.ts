import fc from 'fast-check';
import { RetryBudget } from './retry-budget.js';

const options = { ratio: 0.2, floor: 3, perSecond: 0.5 };

describe('RetryBudget', () => {
  it('permits the floor, then one retry for every five requests', () => {
    const budget = new RetryBudget(options, 0);
    expect([1, 2, 3, 4].map(() => budget.spend(0))).toEqual([true, true, true, false]);
    const spent = Array.from({ length: 10 }, () => {
      budget.earn(0);
      return budget.spend(0);
    });
    expect(spent).toEqual([false, false, false, false, true, false, false, false, false, true]);
  });

  it('refills with time, up to the floor', () => {
    const budget = new RetryBudget(options, 0);
    while (budget.spend(0));
    expect(budget.spend(1_999)).toBe(false);
    expect(budget.spend(2_000)).toBe(true);
    expect(budget.available(1_000_000)).toBe(3);
  });

  it('becomes negative when charged, and permits retries only after it has recovered', () => {
    const budget = new RetryBudget(options, 0);
    for (let count = 0; count < 5; count += 1) budget.charge(0);
    expect(budget.available(0)).toBe(-2);
    for (let count = 0; count < 14; count += 1) budget.earn(0);
    expect(budget.spend(0)).toBe(false);
    budget.earn(0);
    expect(budget.spend(0)).toBe(true);
  });

  it('never permits more than the ratio, the floor and the rate per second', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ earn: fc.boolean(), laterMs: fc.nat(2_000) }), { maxLength: 400 }),
        (steps) => {
          const budget = new RetryBudget(options, 0);
          let now = 0;
          let requests = 0;
          let retries = 0;
          for (const { earn, laterMs } of steps) {
            now += laterMs;
            if (earn) {
              requests += 1;
              budget.earn(now);
            }
            if (budget.spend(now)) retries += 1;
            expect(retries).toBeLessThanOrEqual(options.floor + 0.2 * requests + 0.0005 * now + 1e-9);
          }
        },
      ),
    );
  });
});
