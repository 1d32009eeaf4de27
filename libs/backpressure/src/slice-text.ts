/** Returns at most `maxChars` (2 or more) UTF-16 code units of a text from offset `from`, without splitting a surrogate pair. */
export function sliceText(text: string, from: number, maxChars: number): string {
  const end = from + maxChars;
  if (end >= text.length) return text.slice(from);
  return text.slice(from, isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
