import { backoffMs } from './backoff.js';

const options = { baseMs: 100, maxMs: 1_000 };

describe('backoffMs', () => {
  it.each([
    [1, 50, 100],
    [2, 100, 200],
    [4, 400, 800],
    [5, 500, 1_000],
    [5_000, 500, 1_000],
  ])('after %i failures is between %i and %i ms', (failures, least, most) => {
    expect(backoffMs(failures, options, 0)).toBe(least);
    expect(backoffMs(failures, options, 1)).toBe(most);
  });
});
