/** What somebody typed into a search box, for PostgreSQL: `rest` as `websearch_to_tsquery` reads it, and a word that may go on. */
export interface SearchQuery {
  words: string;
  /** A `tsquery`, or empty. */
  prefix: string;
}

/** Letters, digits and marks at the very end, where somebody is still typing; not inside of quotes, nor excluded. */
const lastWord = /(?:^|\s)([\p{L}\p{N}\p{M}]+)$/u;

/** @param text any text: what means nothing finds nothing */
export function searchQuery(text: string): SearchQuery {
  const isQuoted = (text.match(/"/g)?.length ?? 0) % 2 === 1;
  const [, word] = isQuoted ? [] : (lastWord.exec(text) ?? []);
  if (word === undefined || word === 'OR' || /\bOR\s+\S*$/.test(text)) return { words: text, prefix: '' };
  return { words: text.slice(0, text.length - word.length), prefix: `'${word}':*` };
}
