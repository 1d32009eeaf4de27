/**
 * Splits text into word-like tokens. A token includes the white space before it, is never empty, and never splits a
 * surrogate pair. The joined tokens are the text.
 */
export function tokenize(text: string): string[] {
  // eslint-disable-next-line regexp/no-super-linear-move -- the last alternative takes a whole run of white space at once
  return text.match(/\s*[\p{L}\p{N}\p{M}_']{1,8}|\s*[^\s\p{L}\p{N}\p{M}_']{1,4}|\s+/gu) ?? [];
}

/** Exactly `count` tokens: those of `text`, repeated. */
export function repeatTokens(text: string, count: number): string[] {
  const once = tokenize(text);
  const source = once.length > 0 ? once : ['word'];
  return Array.from({ length: count }, (_, i) => {
    const token = source[i % source.length] ?? '';
    return i > 0 && i % source.length === 0 ? `\n${token}` : token;
  });
}
