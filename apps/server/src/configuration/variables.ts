/** The most characters of an invalid value that a message contains. */
const MAX_QUOTED_CHARS = 60;

/** Environment variables, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Mixes letters and digits, or lower and upper case, as keys do: a key may have been assigned to the wrong variable. */
const looksLikeKey = /^(?=.*[A-Za-z])(?=.*\d|[A-Z]*[a-z]+[A-Z]{2})[\w+=-]{9,}$/;

/** Quotes an invalid value for an error message, shortened; a value that looks like a key is replaced by a note. */
export function quoteValue(text: string): string {
  if (looksLikeKey.test(text)) return '(not shown: it looks like a key)';
  return JSON.stringify(text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}…` : text);
}
