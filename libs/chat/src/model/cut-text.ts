const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Longest grapheme cluster that is kept whole, in UTF-16 code units: families of emoji have 11, Indic syllables up to about 20. */
const maxGrapheme = 64;

/**
 * The beginning of a text of at most `max` UTF-16 code units, cut between two characters as readers see them, and never inside a
 * surrogate pair.
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = graphemes.segment(text.slice(0, max + maxGrapheme)).containing(max)?.index ?? max;
  if (max - end <= maxGrapheme) return text.slice(0, end);
  return text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '');
}

/** The first position at or after `from` that is not inside a character as readers see it. */
export function nextGrapheme(text: string, from: number): number {
  if (from <= 0 || from >= text.length) return Math.max(0, Math.min(from, text.length));
  const begin = Math.max(0, from - maxGrapheme);
  const around = graphemes.segment(text.slice(begin, from + maxGrapheme)).containing(from - begin);
  if (around === undefined || around.index === from - begin) return from;
  return begin + around.index + around.segment.length;
}
