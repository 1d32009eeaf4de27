import { blocksOf } from './parse';
import { bounded, isShown, withinBounds } from './parsed-document';

const first = (text: string) => blocksOf(text)[0]!;

describe('bounded', () => {
  it('keeps blocks of ordinary size', () => {
    for (const text of ['A *paragraph*.', '- a\n- b', '| a |\n| - |\n| 1 |', '```js\ncode\n```']) {
      const block = first(text);
      expect(bounded(block)).toBe(block);
    }
  });

  it.each([
    ['too many tokens', '*a* '.repeat(2_001)],
    ['too many items', '- a\n'.repeat(2_001)],
    ['too many rows', `| a |\n| - |\n${'| 1 |\n'.repeat(2_001)}`],
    ['an item with too many tokens', `- ${'*a* '.repeat(2_001)}`],
    ['too deep nesting', '> '.repeat(30) + 'a'],
  ])('shows a block with %s as plain text', (_name, text) => {
    expect(bounded(first(text))).toEqual({ type: 'plain', raw: first(text).raw });
  });

  it('keeps a long list of short items', () => {
    expect(bounded(first('- a\n'.repeat(2_000))).type).toBe('list');
  });
});

describe('withinBounds', () => {
  const blocks = blocksOf('a\n\n'.repeat(1_500));

  it('keeps up to 2,000 blocks', () => {
    expect(withinBounds(0, blocks)).toBe(blocks);
    expect(withinBounds(499, blocks)).toBe(blocks);
  });

  it('makes the rest one block of plain text, so that no text is lost', () => {
    const kept = withinBounds(1_000, blocks);
    expect(kept.filter(isShown)).toHaveLength(1_000);
    expect(kept.at(-1)!.type).toBe('plain');
    expect(kept.map(({ raw }) => raw).join('')).toBe('a\n\n'.repeat(1_500));
  });
});

describe('isShown', () => {
  it('is false for blank lines and definitions of links', () => {
    const shown = blocksOf('a\n\n[a]: https://a.b\n').filter(isShown);
    expect(shown.map(({ type }) => type)).toEqual(['paragraph']);
  });
});
