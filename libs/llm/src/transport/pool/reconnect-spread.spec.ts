import { ReconnectSpread } from './reconnect-spread.js';

describe('ReconnectSpread', () => {
  it.each([
    [0, 0],
    [1, 0],
    [10, 10],
    [500, 500],
    [1_000, 1_000],
    [100_000, 1_000],
  ])('after %i drops a connect waits %i ms on average', (drops, expected) => {
    const spread = new ReconnectSpread(() => 0.5);
    for (let count = 0; count < drops; count += 1) spread.dropped(5);
    expect(spread.delayMs(5)).toBe(expected);
  });

  it('forgets drops after two seconds', () => {
    const spread = new ReconnectSpread(() => 0.5);
    for (let count = 0; count < 100; count += 1) spread.dropped(0);
    expect(spread.delayMs(2_000)).toBe(100);
    expect(spread.delayMs(2_001)).toBe(0);
    spread.dropped(5_000);
    expect(spread.delayMs(5_000)).toBe(0);
  });
});
