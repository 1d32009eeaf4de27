import { SlowStart } from './slow-start.js';

describe('SlowStart', () => {
  /** The number of concurrent requests that it permits, up to 100. */
  const width = (start: SlowStart): number => {
    let inFlight = 0;
    while (inFlight < 100 && start.allows(inFlight)) inFlight += 1;
    return inFlight;
  };

  it('does not limit an endpoint that was never unavailable', () => {
    expect(width(new SlowStart())).toBe(100);
  });

  it('permits one more request with each answer, and any number after sixteen', () => {
    const start = new SlowStart();
    start.begin();
    const widths = Array.from({ length: 17 }, () => {
      const now = width(start);
      start.succeeded();
      return now;
    });
    expect(widths).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 100]);
  });

  it('starts again after another recovery', () => {
    const start = new SlowStart();
    start.begin();
    for (let count = 0; count < 10; count += 1) start.succeeded();
    start.begin();
    expect(width(start)).toBe(1);
  });
});
