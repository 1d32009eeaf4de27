import { SequenceMatcher } from './sequence-matcher.js';

/**
 * Cuts a text that arrives in pieces before the first stop sequence, regardless of how the text is divided. Takes time
 * linear in the text, and withholds fewer characters than the longest sequence has. One instance per text.
 */
export class StopSequences {
  readonly #matchers: readonly SequenceMatcher[];
  /** The end of the text so far, which was not returned yet. */
  #withheld = '';
  /** The length of the text so far. */
  #length = 0;
  /** Where the first complete sequence begins. A longer sequence that is still incomplete may begin earlier. */
  #found: number | undefined;
  #isStopped = false;

  /** @param sequences none of them empty */
  constructor(sequences: readonly string[]) {
    this.#matchers = sequences.map((sequence) => new SequenceMatcher(sequence));
  }

  /** Whether a sequence was found: no more text will be returned. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes the next piece. @returns the text that can be sent; a suffix that may become a sequence is withheld */
  push(piece: string): string {
    if (this.#isStopped) return '';
    if (this.#matchers.length === 0) return piece;
    const text = this.#withheld + piece;
    const textStart = this.#length - this.#withheld.length;
    for (let at = 0; at < piece.length && !this.#isStopped; at += 1) this.#take(piece.charCodeAt(at));
    const end = Math.min(this.#found ?? this.#length, this.#earliestPrefix());
    this.#withheld = this.#isStopped ? '' : text.slice(end - textStart);
    return text.slice(0, end - textStart);
  }

  /** Call at the end of the text. @returns the withheld text */
  flush(): string {
    const withheld = this.#withheld;
    this.#withheld = '';
    if (this.#found === undefined) return withheld;
    this.#isStopped = true;
    return withheld.slice(0, this.#found - (this.#length - withheld.length));
  }

  #take(character: number): void {
    this.#length += 1;
    for (const matcher of this.#matchers) {
      if (!matcher.push(character)) continue;
      this.#found = Math.min(this.#found ?? this.#length, this.#length - matcher.length);
    }
    this.#isStopped = this.#found !== undefined && this.#found <= this.#earliestPrefix();
  }

  /** Where the longest prefix of a sequence begins that the text so far ends with. */
  #earliestPrefix(): number {
    let longest = 0;
    for (const { prefixLength } of this.#matchers) longest = Math.max(longest, prefixLength);
    return this.#length - longest;
  }
}
