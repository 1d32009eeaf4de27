import { isOneAfterOther } from './sequence.js';

describe('isOneAfterOther', () => {
  it.each([
    ['answers in pieces, one after the other', [10, 100], [105, 200], true],
    ['the same, in the other order', [105, 200], [10, 100], true],
    ['answers in one piece, one after the other', [100, 100], [200, 200], true],
    ['answers in one piece that arrive together', [100, 100], [101, 101], false],
    ['answers in one piece, one of them a little longer', [100, 100], [140, 140], false],
    ['pieces of both mixed', [10, 100], [99, 200], false],
    ['answers that are too short to compare', [10, 20], [25, 40], false],
    ['an answer without an end', [10, undefined], [25, 40], false],
  ] as const)('%s', (_, [a, aEnd], [b, bEnd], expected) => {
    expect(isOneAfterOther({ firstMs: a, endMs: aEnd }, { firstMs: b, endMs: bEnd })).toBe(expected);
  });
});
