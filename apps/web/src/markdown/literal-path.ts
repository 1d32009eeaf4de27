/** Characters of a path after its first backslash. */
const rest = /^[\w.\\~%$@#+-]+/;
/** How much of a path is looked at, in characters, before and after a backslash. */
export const maxPathCharacters = 100;
const beginning = /(?<=(?<path>[\w.\\~%$@#+:-]*))$/;
const drive = /^[a-z]:\\/i;
const server = /^\\\\[\w.-]+\\\w/;
/** A backslash before a letter or digit: Markdown has no such escape. */
const literalBackslash = /(?<!\\)\\[a-z\d]/i;

/**
 * The rest of a Windows path, from one of its backslashes on. Markdown would take the backslash of `C:\temp\_new` as the
 * escape of `_` and remove it. Text with escapes only (`snake\_case`) is no path.
 * @param before at most 100 characters before the backslash
 * @param text begins with a backslash
 */
export function restOfPath(before: string, text: string): string | undefined {
  const end = rest.exec(text.slice(0, maxPathCharacters))?.[0] ?? '';
  const path = (beginning.exec(before)?.groups?.['path'] ?? '') + end;
  return drive.test(path) || server.test(path) || literalBackslash.test(path) ? end : undefined;
}
