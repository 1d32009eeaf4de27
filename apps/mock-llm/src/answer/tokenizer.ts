/**
 * Splits text into word-like pieces as an LLM's tokens are: a piece carries the white space before it, is never
 * empty, and never cuts a character in half. Joined, the pieces are the text.
 */
export function tokenize(text: string): string[] {
  // eslint-disable-next-line regexp/no-super-linear-move -- the last alternative takes a whole run of white space at once
  return text.match(/\s*[\p{L}\p{N}\p{M}_']{1,8}|\s*[^\s\p{L}\p{N}\p{M}_']{1,4}|\s+/gu) ?? [];
}

/** Exactly `count` tokens that read like `text` said over and over. */
export function repeatTokens(text: string, count: number): string[] {
  const once = tokenize(text);
  const source = once.length > 0 ? once : ['word'];
  return Array.from({ length: count }, (_, i) => {
    const token = source[i % source.length] ?? '';
    return i > 0 && i % source.length === 0 ? `\n${token}` : token;
  });
}
