import { type PatternAutomaton } from './pattern-automaton.js';

/** The replacement for a secret. */
export const secretMark = '[secret]';

/**
 * Redacts a text that arrives in pieces. The joined output equals the whole text redacted at once. It holds back the end of a
 * piece while that may be the start of a secret: at most the symbols of the longest pattern, at most 16 characters each.
 */
export class StreamRedactor {
  #held = '';
  /** Characters of the held text that belong to a secret whose mark was already returned. */
  #covered = 0;
  readonly #automaton: PatternAutomaton | undefined;

  /** @param automaton undefined if there is nothing to redact */
  constructor(automaton: PatternAutomaton | undefined) {
    this.#automaton = automaton;
  }

  /** Adds a piece. @returns the text that can be shown now */
  push(piece: string): string {
    if (this.#automaton === undefined) return piece;
    return this.#take(this.#automaton, this.#held + piece, false);
  }

  /** Ends the text. @returns the rest of it */
  end(): string {
    if (this.#automaton === undefined || this.#held === '') return '';
    return this.#take(this.#automaton, this.#held, true);
  }

  #take(automaton: PatternAutomaton, text: string, isEnd: boolean): string {
    const { spans, holdFrom } = automaton.scan(text, isEnd, this.#covered);
    if (spans.length === 0) {
      if (holdFrom === text.length) {
        this.#held = '';
        return text;
      }
      this.#held = text.slice(holdFrom);
      return text.slice(0, holdFrom);
    }
    const marked = markSpans(text, spans, holdFrom, this.#covered > 0);
    this.#covered = Math.max(0, marked.end - holdFrom);
    this.#held = text.slice(holdFrom);
    return marked.text;
  }
}

/**
 * Replaces each span that begins before `limit` with the mark, in the text up to `limit`.
 * @param isFirstMarked whether the mark of the first span was already emitted
 * @returns the text, and the end of the last replaced span, but at least `limit`
 */
export function markSpans(
  text: string,
  spans: readonly number[],
  limit: number,
  isFirstMarked = false,
): { text: string; end: number } {
  let marked = '';
  let end = isFirstMarked ? spans[1]! : 0;
  for (let index = isFirstMarked ? 2 : 0; index < spans.length && spans[index]! < limit; index += 2) {
    marked += text.slice(end, spans[index]) + secretMark;
    end = spans[index + 1]!;
  }
  if (end >= limit) return { text: marked, end };
  return { text: marked + text.slice(end, limit), end: limit };
}
