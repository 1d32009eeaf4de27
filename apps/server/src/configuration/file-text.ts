/**
 * Reads a file that a variable names.
 * @param read returns the text of a file; throws if it cannot be read
 * @throws Error whose message continues "the file", with the error code
 */
export function fileText(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new Error(`cannot be read${typeof code === 'string' ? ` (${code})` : ''}`, { cause });
  }
}
