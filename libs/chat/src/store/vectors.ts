/** Characters of a message that are searched: a vector of PostgreSQL holds 1 MiB, and a name longer ones are rare. */
export const searchedChars = 100_000;

/** The words of a message, in any language that puts spaces between them. The index is made of the same expression. */
export function messageVector(alias: string): string {
  return `to_tsvector('simple', left(${alias}content, ${searchedChars}))`;
}

/** The words of a title. */
export function titleVector(alias: string): string {
  return `to_tsvector('simple', coalesce(${alias}title, ''))`;
}
