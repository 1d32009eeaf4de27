import { LatencySample } from './latency-sample.js';

describe('LatencySample', () => {
  it('has no percentile without values', () => {
    expect(new LatencySample().percentile(0.95)).toBeUndefined();
  });

  it('computes percentiles of the newest values', () => {
    const sample = new LatencySample();
    for (let value = 1; value <= 100; value += 1) sample.observe(value);
    expect([
      sample.percentile(0),
      sample.percentile(0.5),
      sample.percentile(0.95),
      sample.percentile(1),
    ]).toEqual([1, 51, 96, 100]);
    for (let count = 0; count < 200; count += 1) sample.observe(7);
    expect([sample.count, sample.percentile(0.95)]).toEqual([128, 7]);
  });
});
