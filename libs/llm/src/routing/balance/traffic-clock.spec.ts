import { TrafficClock } from './traffic-clock.js';

describe('TrafficClock', () => {
  it('follows the clock while requests arrive, and advances by at most 200 ms for a pause', () => {
    const traffic = new TrafficClock(1_000);
    const after = (now: number): number => {
      traffic.advance(now);
      return traffic.now;
    };
    expect([1_000, 1_010, 1_150, 61_150, 61_150, 61_200].map(after)).toEqual([0, 10, 150, 350, 350, 400]);
  });
});
