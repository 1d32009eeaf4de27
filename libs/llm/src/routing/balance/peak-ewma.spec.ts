import fc from 'fast-check';
import { PeakEwma } from './peak-ewma.js';

describe('PeakEwma', () => {
  it('is undefined before the first sample', () => {
    expect(new PeakEwma(1_000).value(5)).toBeUndefined();
  });

  it('rises immediately and falls slowly', () => {
    const average = new PeakEwma(1_000);
    average.observe(100, 0);
    expect(average.value(0)).toBe(100);
    average.observe(1_000, 0);
    expect(average.value(0)).toBe(1_000);
    average.observe(100, 1_000);
    expect(average.value(1_000)).toBeCloseTo(1_000 / Math.E + 100 * (1 - 1 / Math.E));
  });

  it('decays towards 0 without samples', () => {
    const average = new PeakEwma(1_000);
    average.observe(100, 0);
    expect(average.value(1_000)).toBeCloseTo(100 / Math.E);
    expect(average.value(60_000)).toBeLessThan(1e-20);
  });

  it('stays between 0 and its largest sample', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(5_000))),
        (steps) => {
          const average = new PeakEwma(1_000);
          let now = 0;
          let largest = 0;
          for (const [sample, later] of steps) {
            now += later;
            largest = Math.max(largest, sample);
            average.observe(sample, now);
            expect(average.value(now)).toBeGreaterThanOrEqual(0);
            expect(average.value(now)).toBeLessThanOrEqual(largest);
          }
        },
      ),
    );
  });
});
