import { unspacedLetters } from '../store/unspaced-scripts.js';

/** The text of a search for PostgreSQL, and for marking what it finds. */
export interface SearchQuery {
  /** Input for `to_tsquery`; empty if the text has no words. */
  query: string;
  /**
   * `ILIKE` patterns of parts that the words in `query` do not describe exactly, such as paths. Every match has them. Empty if
   * the search has alternatives.
   */
  patterns: string[];
  /** What is marked in snippets. */
  terms: SearchTerm[];
}

/** A part of the search that is marked in snippets. */
export interface SearchTerm {
  text: string;
  /** Whether it begins and ends where words do; otherwise it may be a part of a word. */
  isWord: boolean;
  /** Whether the word may be longer. */
  isPrefix: boolean;
}

/** A word, a phrase or an operator, as it was typed. */
interface Typed {
  text: string;
  isNegated: boolean;
  isPhrase: boolean;
  /** Whether it is a word at the end of the text, which may be incomplete. */
  isLast: boolean;
}

const punctuation = '!-\\/:-@\\[-`\\{-~';
/* eslint-disable security/detect-non-literal-regexp -- built from constants */
/** A run of letters without spaces, or a run of other characters. */
const chunks = new RegExp(`[${unspacedLetters}]+|[^${unspacedLetters}\\s’‘“”]+`, 'gu');
const isUnspaced = new RegExp(`^[${unspacedLetters}]`, 'u');
const wordsOf = new RegExp(`[^\\s${punctuation}]+`, 'gu');
/* eslint-enable security/detect-non-literal-regexp */
const typed = /(-(?!-))?(?:"([^"]*)(?:"|$)|(\S+))/gu;
/** Punctuation of a sentence before and after a word. */
const [marksBefore, marksAfter] = [`([{"'<`, `.,;:!?)]}"'>`];
/** A boundary inside an identifier, such as `getUser`, `HTTPServer` and `v2`. */
const compound = /\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}|\p{L}\p{N}/u;
/**
 * Reads the text of a search as `websearch_to_tsquery` does: all words, `"phrases"`, `OR`, and `-` for words that must not occur.
 * The last word may be incomplete. In addition, words may be parts: of text without spaces, of paths, URLs, versions and
 * identifiers. Any text is valid.
 */
export function searchQuery(text: string): SearchQuery {
  const groups = groupsOf(text);
  const isSingle = groups.length === 1;
  const positive = groups.flat().filter(({ isNegated }) => !isNegated);
  const terms = positive.flatMap(termsOf);
  const alternatives = groups
    .map((group) => group.map((one) => operand(one, isSingle)).filter((one) => one !== ''))
    .filter((group) => group.length > 0)
    .map((group) => group.join(' & '));
  return {
    query:
      alternatives.length > 1 ? alternatives.map((one) => `(${one})`).join(' | ') : (alternatives[0] ?? ''),
    patterns: isSingle
      ? [...new Set(terms.filter(needsPattern).map(({ text: part }) => likePattern(part)))]
      : [],
    terms,
  };
}

/** The alternatives of `OR`, each with its words and phrases. */
function groupsOf(text: string): Typed[][] {
  const groups: Typed[][] = [[]];
  for (const match of text.matchAll(typed)) {
    const [whole, minus, phrase, word] = match;
    if (minus === undefined && word !== undefined && /^or$/i.test(word)) groups.push([]);
    else {
      groups.at(-1)!.push({
        text: phrase ?? word!,
        isNegated: minus !== undefined,
        isPhrase: phrase !== undefined,
        isLast: phrase === undefined && minus === undefined && match.index + whole.length === text.length,
      });
    }
  }
  return groups.filter((group) => group.length > 0);
}

/** The chunks of a word or phrase that are marked and looked for as they are. */
function chunksOf({ text }: Typed): string[] {
  return text.split(/\s+/u).flatMap((one) => {
    const found = one.match(chunks) ?? [];
    const trimmed = found.flatMap((chunk) =>
      isUnspaced.test(chunk) ? [chunk] : withoutMarks(chunk).split("'"),
    );
    return trimmed.filter((chunk) => isUnspaced.test(chunk) || (chunk.match(wordsOf) ?? []).length > 0);
  });
}

function termsOf(one: Typed): SearchTerm[] {
  const found = chunksOf(one);
  return found.map((text, at) => {
    const isWord = !isUnspaced.test(text) && text.match(wordsOf)![0] === text;
    return {
      text,
      isWord,
      isPrefix: isWord && ((one.isLast && at === found.length - 1) || compound.test(text)),
    };
  });
}

/** A word or phrase in the syntax of `to_tsquery`. @param isExact whether `patterns` describes the order of the words */
function operand(one: Typed, isExact: boolean): string {
  const found = chunksOf(one);
  const parts = found.map((chunk, at) => {
    if (isUnspaced.test(chunk)) return pairsOf(chunk).join(' & ');
    const isPrefix = (one.isLast && at === found.length - 1 && endsInWord(one.text)) || compound.test(chunk);
    return wordOperand(chunk.match(wordsOf)!, isPrefix, isExact && !one.isNegated);
  });
  const isPlainPhrase = one.isPhrase && found.every((chunk) => !isUnspaced.test(chunk));
  const joined = parts.filter((part) => part !== '').join(isPlainPhrase ? ' <-> ' : ' & ');
  if (joined === '') return '';
  return one.isNegated ? `!(${joined})` : joined;
}

/** The words of a path, URL, version or identifier, of which the last one may be incomplete. */
function wordOperand(words: readonly string[], isPrefix: boolean, isExact: boolean): string {
  if (words.length === 1) return lexeme(words[0]!, isPrefix);
  if (!isExact) return `(${words.map((word) => lexeme(word, false)).join(' <-> ')})`;
  return words.map((word, at) => lexeme(word, at === words.length - 1)).join(' & ');
}

/** Whether a text may have all words of a term, but not in this form. */
function needsPattern({ text, isWord }: SearchTerm): boolean {
  return !isWord && (!isUnspaced.test(text) || [...text].length > 2);
}

/** The pairs of letters of a run; a single letter is the beginning of a pair. */
function pairsOf(run: string): string[] {
  const letters = [...run];
  if (letters.length === 1) return [lexeme(run, true)];
  const pairs = letters.slice(1).map((letter, at) => lexeme(`${letters[at]}${letter}`, false));
  return [...new Set(pairs)];
}

/** A word has neither spaces nor ASCII punctuation, so quotes and backslashes need no escape. */
function lexeme(word: string, isPrefix: boolean): string {
  return `'${word}'${isPrefix ? ':*' : ''}`;
}

function withoutMarks(chunk: string): string {
  let [from, to] = [0, chunk.length];
  while (from < to && marksBefore.includes(chunk[from]!)) from += 1;
  while (to > from && marksAfter.includes(chunk[to - 1]!)) to -= 1;
  return chunk.slice(from, to);
}

function endsInWord(text: string): boolean {
  return /[\p{L}\p{N}\p{M}]$/u.test(text);
}

function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
