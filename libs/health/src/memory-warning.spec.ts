import { memoryWarning } from './memory-warning.js';

describe('memoryWarning', () => {
  it.each([
    [{ rss: 500, heapUsed: 100, heapLimit: 1_000 }, undefined],
    [{ rss: 501, heapUsed: 100, heapLimit: 1_000 }, 'More than 500 bytes are resident'],
    [{ rss: 500, heapUsed: 900, heapLimit: 1_000 }, undefined],
    [{ rss: 500, heapUsed: 901, heapLimit: 1_000 }, 'The heap is nearly full'],
    [{ rss: 501, heapUsed: 901, heapLimit: 1_000 }, 'The heap is nearly full'],
  ])('%j with maxRssBytes 500: %s', (use, warning) => {
    expect(memoryWarning(use, 500)).toBe(warning);
  });
});
