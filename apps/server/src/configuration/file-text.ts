/**
 * The text of a file that a variable names.
 *
 * @param read gives a file's text; throws if it cannot
 * @throws Error whose message says why it cannot be read, and follows the words "the file"
 */
export function fileText(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new Error(`cannot be read${typeof code === 'string' ? ` (${code})` : ''}`, { cause });
  }
}
