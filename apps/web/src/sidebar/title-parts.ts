import { type SnippetPart } from '@parley/client';

/** The parts of a title that contain words of a search query. Case does not matter. */
export function titleParts(title: string, query: string): SnippetPart[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const lower = title.toLowerCase();
  // Letters whose lower case is longer would shift the parts.
  if (words.length === 0 || lower.length !== title.length) return [{ text: title, hit: false }];
  const parts: SnippetPart[] = [];
  let at = 0;
  while (at < title.length) {
    const starts = words.map((word) => ({ start: lower.indexOf(word, at), length: word.length }));
    const hits = starts
      .filter(({ start }) => start >= 0)
      .sort((a, b) => a.start - b.start || b.length - a.length);
    const [first] = hits;
    if (first === undefined) break;
    if (first.start > at) parts.push({ text: title.slice(at, first.start), hit: false });
    at = first.start + first.length;
    parts.push({ text: title.slice(first.start, at), hit: true });
  }
  if (at < title.length) parts.push({ text: title.slice(at), hit: false });
  return parts;
}
