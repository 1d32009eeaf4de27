/** Cuts a text that comes in pieces at the first of some sequences. Pure; one for each text. */
export class StopSequences {
  readonly #longest: number;
  #held = '';
  #isStopped = false;

  /** @param sequences none of them empty */
  constructor(private readonly sequences: readonly string[]) {
    this.#longest = Math.max(0, ...sequences.map(({ length }) => length));
  }

  /** A sequence has come: nothing more will be given. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What may be shown now. An end that could become a sequence is held back. */
  push(piece: string): string {
    if (this.#isStopped) return '';
    const text = this.#held + piece;
    const found = this.sequences.map((one) => text.indexOf(one)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#isStopped = true;
      this.#held = '';
      return text.slice(0, Math.min(...found));
    }
    const held = this.#begunAtTheEndOf(text);
    this.#held = text.slice(text.length - held);
    return text.slice(0, text.length - held);
  }

  /** What was held back, when the text is over. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #begunAtTheEndOf(text: string): number {
    for (let length = Math.min(this.#longest - 1, text.length); length > 0; length -= 1) {
      const end = text.slice(text.length - length);
      if (this.sequences.some((one) => one.length > length && one.startsWith(end))) return length;
    }
    return 0;
  }
}
