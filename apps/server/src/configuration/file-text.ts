import { EncodingError } from './decode-text.js';

/**
 * Reads a file that a variable names.
 * @param read returns the text of a file; throws if it cannot be read
 * @throws Error whose message continues "the file", with the error code or what is wrong with its encoding
 */
export function fileText(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (cause) {
    if (cause instanceof EncodingError) throw new Error(cause.message, { cause });
    const { code } = cause as { code?: unknown };
    throw new Error(`cannot be read${typeof code === 'string' ? ` (${code})` : ''}`, { cause });
  }
}
