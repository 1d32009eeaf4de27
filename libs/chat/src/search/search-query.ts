/** The text of a search for PostgreSQL. */
export interface SearchQuery {
  /** Input for `websearch_to_tsquery`. */
  words: string;
  /** A prefix `tsquery` for an incomplete last word, as in `'lis':*`; empty if there is none. */
  prefix: string;
}

/** A word of letters, digits and marks at the end of the text. */
const lastWord = /(?:^|\s)([\p{L}\p{N}\p{M}]+)$/u;

/** Splits the text of a search into complete words and the last word, which may be incomplete. Any text is valid. */
export function searchQuery(text: string): SearchQuery {
  const isQuoted = (text.match(/"/g)?.length ?? 0) % 2 === 1;
  const [, word] = isQuoted ? [] : (lastWord.exec(text) ?? []);
  if (word === undefined || word === 'OR' || /\bOR\s+\S*$/.test(text)) return { words: text, prefix: '' };
  return { words: text.slice(0, text.length - word.length), prefix: `'${word}':*` };
}
