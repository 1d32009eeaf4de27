import { pieceEnd } from './plain-text';

describe('pieceEnd', () => {
  it('ends a piece at the first line end after 2,000 characters', () => {
    const line = `${'a'.repeat(99)}\n`;
    expect(pieceEnd(line.repeat(50), 0)).toBe(2_100);
    expect(pieceEnd(line.repeat(50), 1_950)).toBe(100);
    expect(pieceEnd(line.repeat(50), 5_000)).toBe(100);
  });

  it('takes all of a text without line ends', () => {
    expect(pieceEnd('a'.repeat(9_000), 0)).toBe(9_000);
    expect(pieceEnd('short', 0)).toBe(5);
  });
});
