import fc from 'fast-check';
import { titleOf } from './title.js';

describe('titleOf', () => {
  it.each([
    ['hi', 'hi'],
    ['  two   words \n second line', 'two words'],
    ['\n\n first of three\nlines', 'first of three'],
    ['word '.repeat(30), `${'word '.repeat(15)}word…`],
    ['x'.repeat(100), `${'x'.repeat(80)}…`],
    ['a'.repeat(79) + '😀😀', `${'a'.repeat(79)}…`],
    [`${'a'.repeat(75)}👨‍👩‍👧‍👦 family`, `${'a'.repeat(75)}…`],
    [`${'a'.repeat(79)}e\u0301 accent`, `${'a'.repeat(79)}…`],
    [`${'漢'.repeat(79)}ที่นี่`, `${'漢'.repeat(79)}…`],
    [`${'a'.repeat(79)}🇵🇹🇵🇹`, `${'a'.repeat(79)}…`],
  ])('%j → %j', (content, title) => {
    expect(titleOf(content)).toBe(title);
  });

  it('is short and well formed for any message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (content) => {
        const title = titleOf(content);
        expect(title.length).toBeLessThanOrEqual(81);
        expect(title.isWellFormed()).toBe(true);
      }),
    );
  });
});
