/** Longest part of a wrong value that a message repeats. */
const MAX_SHOWN = 60;

/** Environment variables, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Letters and digits, or small and capital letters, mixed as in keys: a key may have been put into the wrong variable.
 */
const looksLikeKey = /^(?=.*[A-Za-z])(?=.*\d|[A-Z]*[a-z]+[A-Z]{2})[\w+=-]{9,}$/;

/** A wrong value as a message repeats it. */
export function shown(text: string): string {
  if (looksLikeKey.test(text)) return '(not shown: it looks like a key)';
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
