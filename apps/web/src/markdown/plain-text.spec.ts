import { pieceEnd } from './plain-text';

describe('pieceEnd', () => {
  it('ends a piece at the first line end after 2,000 characters', () => {
    const line = `${'a'.repeat(99)}\n`;
    expect(pieceEnd(line.repeat(50), 0)).toBe(2_100);
    expect(pieceEnd(line.repeat(50), 1_950)).toBe(100);
    expect(pieceEnd(line.repeat(50), 5_000)).toBe(100);
  });

  it('takes all of a text of up to 10,000 characters without line ends', () => {
    expect(pieceEnd('a'.repeat(10_000), 0)).toBe(10_000);
    expect(pieceEnd('short', 0)).toBe(5);
  });

  it('divides longer lines after 10,000 characters, but no characters of two code units', () => {
    expect(pieceEnd('a'.repeat(10_001), 0)).toBe(10_000);
    expect(pieceEnd(`${'a'.repeat(20_000)}\n`, 4_000)).toBe(6_000);
    expect(pieceEnd('a'.repeat(9), 10_000)).toBe(0);
    expect(pieceEnd('𠮷'.repeat(6_000), 9_999)).toBe(0);
    expect(pieceEnd('𠮷'.repeat(6_000), 0)).toBe(10_000);
  });
});
