import { addSpan } from './pattern-automaton.js';
import { lowerCase, symbolAt, symbolsOf } from './symbols.js';

/**
 * Finds parts of secrets, of a fixed length: errors often show truncated or partly masked keys. Costs about 50 ns for
 * each character of a text, so the texts have to be bounded.
 */
export class Fragments {
  readonly #known = new Set<string>();

  readonly #length: number;

  /** @param length symbols of a fragment; a shorter form has none */
  constructor(forms: readonly string[], length: number) {
    this.#length = length;
    for (const form of forms) {
      const symbols = String.fromCharCode(...symbolsOf(form));
      for (let at = 0; at + length <= symbols.length; at += 1)
        this.#known.add(symbols.slice(at, at + length));
    }
  }

  /** Where fragments are, as pairs of start and end, in order. */
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
