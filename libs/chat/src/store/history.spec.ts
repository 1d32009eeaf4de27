import { newestWithin } from './history.js';

describe('newestWithin', () => {
  const newestFirst = [
    { role: 'assistant', content: 'ccc' },
    { role: 'user', content: 'bb' },
    { role: 'user', content: 'a' },
  ] as const;

  it.each([
    [100, ['a', 'bb', 'ccc']],
    [6, ['a', 'bb', 'ccc']],
    [5, ['bb', 'ccc']],
    [4, ['ccc']],
    [2, []],
    [0, []],
  ])('keeps whole messages within %i characters, oldest first', (maxChars, expected) => {
    expect(newestWithin(newestFirst, maxChars).map(({ content }) => content)).toEqual(expected);
  });
});
