import { addSpan } from './pattern-automaton.js';
import { lowerCase, symbolAt, symbolsOf } from './symbols.js';

/**
 * Finds parts of secrets of a fixed length, because errors often contain truncated or partly masked keys. Takes about 50 ns per
 * character, so texts must be bounded.
 */
export class Fragments {
  readonly #known = new Set<string>();

  readonly #length: number;

  /** @param length of a fragment, in symbols; shorter forms have no fragments */
  constructor(forms: readonly string[], length: number) {
    this.#length = length;
    for (const form of forms) {
      const symbols = String.fromCharCode(...symbolsOf(form));
      for (let at = 0; at + length <= symbols.length; at += 1)
        this.#known.add(symbols.slice(at, at + length));
    }
  }

  /** The positions of fragments in a text, as pairs of start and end, in order. */
  spansIn(text: string): number[] {
    const starts: number[] = [];
    let symbols = '';
    for (let at = 0; at < text.length;) {
      const symbol = symbolAt(text, at, true);
      starts.push(at);
      symbols += String.fromCharCode(lowerCase(symbol & 0xffff));
      at += symbol >>> 16;
    }
    starts.push(text.length);
    const spans: number[] = [];
    for (let at = 0; at + this.#length <= symbols.length; at += 1) {
      if (this.#known.has(symbols.slice(at, at + this.#length))) {
        addSpan(spans, starts[at]!, starts[at + this.#length]!);
      }
    }
    return spans;
  }
}
