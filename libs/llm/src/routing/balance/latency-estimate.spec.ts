import { LatencyEstimate } from './latency-estimate.js';
import { PeakEwma } from './peak-ewma.js';
import { TrafficClock } from './traffic-clock.js';

describe('LatencyEstimate', () => {
  let now: number;
  let failure: PeakEwma;
  let estimate: LatencyEstimate;
  const [one, another] = [{}, {}];

  beforeEach(() => {
    now = 0;
    failure = new PeakEwma(1_000);
    estimate = new LatencyEstimate(failure, () => now, new TrafficClock(now));
  });

  it('is undefined before the first answer, and counts unanswered attempts', () => {
    estimate.started(one, now);
    now = 500;
    expect(estimate).toMatchObject({ expectedMs: undefined, unanswered: 1 });
    estimate.answered(one, 500);
    expect(estimate).toMatchObject({ expectedMs: 500, unanswered: 0 });
  });

  it('is at least as long as the oldest unanswered attempt has been waiting', () => {
    estimate.started(one, now);
    estimate.answered(one, 10);
    estimate.started(one, now);
    now = 50;
    estimate.started(another, now);
    now = 300;
    expect(estimate.expectedMs).toBe(300);
    estimate.finished(one);
    expect(estimate.expectedMs).toBe(250);
    estimate.finished(another);
    expect(estimate.expectedMs).toBeLessThanOrEqual(10);
  });

  it('includes failures, even without any answer', () => {
    failure.observe(1_000, now);
    expect(estimate.expectedMs).toBe(1_000);
    failure.forget();
    expect(estimate.expectedMs).toBeUndefined();
  });

  it('can be reset', () => {
    estimate.started(one, now);
    estimate.answered(one, 10);
    estimate.forget();
    expect(estimate.expectedMs).toBeUndefined();
  });
});
