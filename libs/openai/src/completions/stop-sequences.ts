import { SequenceMatcher } from './sequence-matcher.js';

/**
 * Cuts a text that arrives in pieces where the first of some sequences begins, regardless of how the text is divided.
 * Linear in the text; holds back at most as many characters as the longest sequence has. Pure; one for each text.
 */
export class StopSequences {
  readonly #matchers: readonly SequenceMatcher[];
  /** The end of the text so far that was not returned yet. */
  #held = '';
  /** The length of the text so far. */
  #length = 0;
  /** Where the first complete sequence begins; an incomplete one may begin before it. */
  #found: number | undefined;
  #isStopped = false;

  /** @param sequences none of them empty */
  constructor(sequences: readonly string[]) {
    this.#matchers = sequences.map((sequence) => new SequenceMatcher(sequence));
  }

  /** A sequence has come: nothing more will be given. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What may be shown now. An end that could become a sequence is held back. */
  push(piece: string): string {
    if (this.#isStopped) return '';
    if (this.#matchers.length === 0) return piece;
    const text = this.#held + piece;
    const textStart = this.#length - this.#held.length;
    for (let at = 0; at < piece.length && !this.#isStopped; at += 1) this.#take(piece.charCodeAt(at));
    const end = Math.min(this.#found ?? this.#length, this.#earliestBegun());
    this.#held = this.#isStopped ? '' : text.slice(end - textStart);
    return text.slice(0, end - textStart);
  }

  /** What was held back, when the text is over. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    if (this.#found === undefined) return held;
    this.#isStopped = true;
    return held.slice(0, this.#found - (this.#length - held.length));
  }

  #take(character: number): void {
    this.#length += 1;
    for (const matcher of this.#matchers) {
      if (!matcher.push(character)) continue;
      this.#found = Math.min(this.#found ?? this.#length, this.#length - matcher.length);
    }
    this.#isStopped = this.#found !== undefined && this.#found <= this.#earliestBegun();
  }

  /** Where the first incomplete sequence begins that the text may end within. */
  #earliestBegun(): number {
    let longest = 0;
    for (const { begun } of this.#matchers) longest = Math.max(longest, begun);
    return this.#length - longest;
  }
}
