import { cutText } from './cut-text.js';

const maxTitleLength = 80;

/**
 * A title for a conversation from its first message: the first line, shortened to 80 characters at a space between words, or
 * between two characters as readers see them.
 */
export function titleOf(content: string): string {
  const line = content.trim().split(/\r?\n/, 1)[0]!.replace(/\s+/g, ' ').trim();
  if (line.length <= maxTitleLength) return line;
  const cut = cutText(line, maxTitleLength);
  const lastSpace = cut.lastIndexOf(' ');
  return `${lastSpace > maxTitleLength / 2 ? cut.slice(0, lastSpace) : cut}…`;
}
