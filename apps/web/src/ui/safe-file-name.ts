/** A name that every file system accepts: characters other than letters, digits, space, `.`, `_` and `-` become `_`. */
export function safeFileName(name: string): string {
  return name.replace(/[^\p{L}\p{N} ._-]/gu, '_');
}
