import { jest } from '@jest/globals';
import { tokensDue } from './tokens-due.js';
import { Ticker } from './ticker.js';

describe('Ticker', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('runs one timer for all tasks, and none without tasks', () => {
    const ticker = new Ticker(10);
    const calls = { a: 0, b: 0 };
    const a = () => (calls.a += 1) < 2;
    const b = () => (calls.b += 1) > 0;
    expect(jest.getTimerCount()).toBe(0);
    ticker.add(a);
    ticker.add(b);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(40);
    expect(calls).toEqual({ a: 2, b: 4 });
    ticker.remove(b);
    expect(jest.getTimerCount()).toBe(0);
    ticker.add(b);
    jest.advanceTimersByTime(10);
    expect(calls.b).toBe(5);
    ticker.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('tokensDue', () => {
  it.each([
    [0, 50, 1],
    [19, 50, 1],
    [20, 50, 2],
    [1000, 50, 51],
    [100_000, 0.5, 51],
    [0, 0, Infinity],
  ])('after %d ms at %d per second', (elapsed, pace, due) => expect(tokensDue(elapsed, pace)).toBe(due));
});
