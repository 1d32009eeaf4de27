/** Characters at the beginning of a message that are searched: a `tsvector` holds at most 1 MiB. */
export const searchedChars = 100_000;

/**
 * SQL for the words of a message. The index has the same expression. `parley_search_text`, which a migration creates, divides
 * a text into words, parts of identifiers, and pairs of letters of scripts without spaces.
 */
export function messageVector(alias: string): string {
  return `to_tsvector('simple', parley_search_text(left(${alias}content, ${searchedChars})))`;
}

/** SQL for the words of a title. The index has the same expression. */
export function titleVector(alias: string): string {
  return `to_tsvector('simple', parley_search_text(coalesce(${alias}title, '')))`;
}
