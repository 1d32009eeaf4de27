import { jest } from '@jest/globals';
import { TimeSlices } from './time-slices';

describe('TimeSlices', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('runs work immediately until a slice is used up, then in a new task', async () => {
    const slices = new TimeSlices();
    const done: number[] = [];
    const work = (number: number, durationMs: number) => () => {
      jest.setSystemTime(Date.now());
      jest.advanceTimersByTime(durationMs);
      done.push(number);
    };
    await slices.run(work(1, 8));
    await slices.run(work(2, 8));
    expect([done, slices.busyMs]).toEqual([[1, 2], 16]);
    const third = slices.run(work(3, 5));
    await Promise.resolve();
    expect(done).toEqual([1, 2]);
    jest.advanceTimersByTime(0);
    await third;
    expect([done, slices.busyMs]).toEqual([[1, 2, 3], 21]);
    await slices.run(work(4, 1));
    expect(done).toHaveLength(4);
  });
});
