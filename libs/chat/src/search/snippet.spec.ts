import fc from 'fast-check';
import { searchQuery } from './search-query.js';
import { SnippetMaker } from './snippet.js';

const marked = (query: string, text: string, method: 'whole' | 'around' = 'around'): string =>
  new SnippetMaker(searchQuery(query).terms)
    [method](text)
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');

describe('SnippetMaker', () => {
  it.each([
    ['castle', 'The castle, and the castles.', 'The [castle], and the [castles].'],
    ['castle ', 'The castle, and the castles.', 'The [castle], and the castles.'],
    ['trip', 'A stripe\nand a trip', 'A stripe and a [trip]'],
    ['UserBy', 'call getUserById()', 'call get[UserBy]Id()'],
    ['里斯本 旅', '我们下周去里斯本旅行', '我们下周去[里斯本][旅]行'],
    ['transport.ts', 'see src/transport.ts', 'see src/[transport.ts]'],
    ['1.2', 'v1.2.3', 'v[1.2].3'],
    ['a -b', 'a b', '[a] b'],
    ['a* (', 'a* (b', '[a*] (b'],
    ['nowhere', 'Some text', 'Some text'],
    ['', 'Some text', 'Some text'],
  ])('marks %j in %j', (query, text, snippet) => {
    expect(marked(query, text)).toBe(snippet);
    expect(marked(query, text, 'whole')).toBe(snippet);
  });

  it('shows the part around the first match, between words', () => {
    const text = `${'before '.repeat(50)}needle ${'after '.repeat(50)}`;
    const snippet = marked('needle', text);
    expect(snippet).toMatch(/^(before )+\[needle\]( after)+$/);
    expect(snippet.length).toBeLessThanOrEqual(202);
  });

  it('never cuts a character in two', () => {
    const family = '👨‍👩‍👧‍👦';
    fc.assert(
      fc.property(fc.nat(90), fc.nat(40), (before, after) => {
        const snippet = marked('x', `${family.repeat(before)}x${family.repeat(after)}`);
        expect(snippet.replaceAll(family, '')).toBe('[x]');
      }),
    );
  });

  it('does not fail for any text and query', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        (query, text) => {
          expect(marked(query, text).isWellFormed()).toBe(text.isWellFormed() && query.isWellFormed());
        },
      ),
    );
  });
});
