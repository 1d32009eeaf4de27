/**
 * Finds a sequence in a text that arrives character by character (Knuth–Morris–Pratt), in amortized constant time
 * per character. Characters are UTF-16 code units.
 */
export class SequenceMatcher {
  /** For each prefix length of the sequence, the length of its longest proper prefix that is also its suffix. */
  readonly #fallbacks: Uint32Array;
  #matched = 0;
  readonly #sequence: string;

  /** @param sequence not empty */
  constructor(sequence: string) {
    this.#sequence = sequence;
    this.#fallbacks = fallbacksOf(sequence);
  }

  /** The length of the sequence, in characters. */
  get length(): number {
    return this.#sequence.length;
  }

  /** The length of the longest proper prefix of the sequence that the text so far ends with. */
  get prefixLength(): number {
    return this.#matched;
  }

  /** Takes the next character. @returns whether the sequence ends with it */
  push(character: number): boolean {
    const sequence = this.#sequence;
    let matched = this.#matched;
    while (matched > 0 && sequence.charCodeAt(matched) !== character) matched = this.#fallbacks[matched]!;
    if (sequence.charCodeAt(matched) === character) matched += 1;
    const isWhole = matched === sequence.length;
    this.#matched = isWhole ? this.#fallbacks[matched]! : matched;
    return isWhole;
  }
}

function fallbacksOf(sequence: string): Uint32Array {
  const fallbacks = new Uint32Array(sequence.length + 1);
  let matched = 0;
  for (let at = 1; at < sequence.length; at += 1) {
    while (matched > 0 && sequence[at] !== sequence[matched]) matched = fallbacks[matched]!;
    if (sequence[at] === sequence[matched]) matched += 1;
    fallbacks[at + 1] = matched;
  }
  return fallbacks;
}
