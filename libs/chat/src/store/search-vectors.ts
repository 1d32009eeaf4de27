/** Characters at the beginning of a message that are searched: a `tsvector` holds at most 1 MiB. */
export const searchedChars = 100_000;

/** SQL for the words of a message, in any language that separates words by spaces. The index has the same expression. */
export function messageVector(alias: string): string {
  return `to_tsvector('simple', left(${alias}content, ${searchedChars}))`;
}

/** SQL for the words of a title. The index has the same expression. */
export function titleVector(alias: string): string {
  return `to_tsvector('simple', coalesce(${alias}title, ''))`;
}
