import { nextGrapheme } from '../model/cut-text.js';
import { type SnippetPart } from './found-conversation.js';
import { type SearchTerm } from './search-query.js';

/** Length of a snippet, and how much of it comes before the first match, in UTF-16 code units. */
const [snippetChars, charsBefore] = [200, 60];
/** How far a snippet may end before these lengths, to begin and end with a whole word. */
const wordChars = 20;

const letter = '[\\p{L}\\p{N}\\p{M}]';

/** Makes snippets of the texts that a search found, with marks where its terms are. */
export class SnippetMaker {
  /** Matches terms as words; undefined without terms. */
  readonly #words: RegExp | undefined;
  /** Matches terms anywhere, for texts without a match of `#words`. */
  readonly #parts: RegExp | undefined;

  constructor(terms: readonly SearchTerm[]) {
    const longestFirst = terms.toSorted((a, b) => b.text.length - a.text.length);
    this.#words = anyOf(longestFirst.map(wordPattern));
    this.#parts = anyOf(longestFirst.map(({ text }) => escaped(text)));
  }

  /** The whole text, with marks. */
  whole(text: string): SnippetPart[] {
    return this.#mark(text, this.#patternFor(text));
  }

  /** The part of the text around its first match, with marks. Cut between words, or between characters as readers see them. */
  around(text: string): SnippetPart[] {
    const pattern = this.#patternFor(text);
    const first = pattern === undefined ? -1 : text.search(pattern);
    const begin = beginBefore(text, Math.max(0, first - charsBefore), Math.max(0, first));
    const end = endBefore(text, begin, begin + snippetChars);
    return this.#mark(text.slice(begin, end).trim(), pattern);
  }

  #patternFor(text: string): RegExp | undefined {
    return this.#words !== undefined && text.search(this.#words) >= 0 ? this.#words : this.#parts;
  }

  #mark(text: string, pattern: RegExp | undefined): SnippetPart[] {
    const parts: SnippetPart[] = [];
    let from = 0;
    for (const { 0: hit, index } of pattern === undefined ? [] : text.matchAll(pattern)) {
      if (index > from) parts.push({ text: plain(text.slice(from, index)), hit: false });
      parts.push({ text: plain(hit), hit: true });
      from = index + hit.length;
    }
    if (from < text.length) parts.push({ text: plain(text.slice(from)), hit: false });
    return parts;
  }
}

function anyOf(patterns: readonly string[]): RegExp | undefined {
  if (patterns.length === 0) return undefined;
  // eslint-disable-next-line security/detect-non-literal-regexp -- linear: alternatives of escaped texts
  return new RegExp(patterns.join('|'), 'giu');
}

function wordPattern({ text, isWord, isPrefix }: SearchTerm): string {
  if (!isWord) return escaped(text);
  return `(?<!${letter})${escaped(text)}${isPrefix ? `${letter}*` : `(?!${letter})`}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** The begin of a word shortly after `from`; otherwise the begin of a character. */
function beginBefore(text: string, from: number, match: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, Math.min(from + wordChars, match)).search(/\s/);
  return space === -1 ? Math.min(nextGrapheme(text, from), match) : from + space + 1;
}

/** The end of a word shortly before `to`; otherwise the end of a character. */
function endBefore(text: string, from: number, to: number): number {
  if (to >= text.length) return text.length;
  const tail = text.slice(Math.max(from, to - wordChars), to);
  const space = Math.max(tail.lastIndexOf(' '), tail.lastIndexOf('\n'));
  return space === -1 ? nextGrapheme(text, to) : to - tail.length + space;
}
