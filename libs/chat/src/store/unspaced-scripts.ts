/**
 * First and last code points of the letters of scripts that are searched by pairs of letters: they have no spaces between
 * words, or particles at the end of words (Korean). The word indexes depend on this list: change it together with a migration
 * that builds them again.
 */
const ranges: readonly (readonly [number, number])[] = [
  [0x0e01, 0x0fff], // Thai, Lao, Tibetan
  [0x1000, 0x109f], // Myanmar
  [0x1100, 0x11ff], // Hangul letters
  [0x1780, 0x17ff], // Khmer
  [0x2e80, 0x2fdf], // radicals
  [0x3005, 0x3007], // repetition marks and zero
  [0x3041, 0x30fa], // Hiragana and Katakana
  [0x30fc, 0x30ff],
  [0x3105, 0x312f], // Bopomofo
  [0x3131, 0x318e], // Hangul letters
  [0x31a0, 0x31ff],
  [0x3400, 0x4dbf], // Han
  [0x4e00, 0x9fff],
  [0xa960, 0xa97f], // Hangul letters
  [0xac00, 0xd7ff], // Hangul syllables
  [0xf900, 0xfaff], // Han
  [0xff66, 0xffdc], // half-width Katakana and Hangul
  [0x20000, 0x3ffff], // Han
];

/** These letters inside the brackets of a regular expression of JavaScript with the flag `u`. */
export const unspacedLetters = ranges
  .map(([first, last]) => `${javaScript(first)}-${javaScript(last)}`)
  .join('');

/** These letters inside the brackets of a regular expression of PostgreSQL. */
export const unspacedLettersSql = ranges
  .map(([first, last]) => `${postgres(first)}-${postgres(last)}`)
  .join('');

function javaScript(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

function postgres(code: number): string {
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
