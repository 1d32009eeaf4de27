import { type SecretRedactor } from '../redaction/secret-redactor.js';
import { type StreamRedactor } from '../redaction/stream-redactor.js';
import { storable } from '../storable-text.js';

/**
 * Collects the pieces of one answer, redacts secrets in them and makes them storable: NUL, which PostgreSQL cannot store,
 * and lone surrogates, which UTF-8 cannot encode, become U+FFFD; surrogate pairs that are split between pieces are
 * joined. Lengths are in UTF-16 code units.
 */
export class AnswerText {
  readonly #redacted: StreamRedactor;
  #pieces: string[] = [];
  #held = '';
  #length = 0;
  readonly #redactor: SecretRedactor;

  /** @param redactor redacts secrets; text that may be the start of one is held back */
  constructor(redactor: SecretRedactor) {
    this.#redactor = redactor;
    this.#redacted = redactor.stream();
  }

  /** Number of characters that {@link push} has returned. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece. @returns the text to show for it; empty while all of it is held back */
  push(piece: string): string {
    let text = this.#held + piece;
    this.#held = '';
    if (endsInHighSurrogate(text)) {
      this.#held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return this.#add(this.#redacted.push(storable(text)));
  }

  /**
   * Ends the answer. If the server repeats the whole answer, that text counts.
   * @returns the text of the answer, and the `rest` that has not been shown yet; if the shown text is not a prefix of the
   * whole answer, `replaced` is true and `rest` is all of it
   */
  finish(whole?: string): { text: string; rest: string; replaced: boolean } {
    const held = this.#add(this.#redacted.push(storable(this.#held)) + this.#redacted.end());
    this.#held = '';
    const shown = this.#pieces.join('');
    if (whole === undefined) return { text: shown, rest: held, replaced: false };
    const text = this.#redactor.redact(storable(whole));
    const before = shown.slice(0, shown.length - held.length);
    return text.startsWith(before)
      ? { text, rest: text.slice(before.length), replaced: false }
      : { text, rest: text, replaced: true };
  }

  #add(text: string): string {
    if (text !== '') this.#pieces.push(text);
    this.#length += text.length;
    return text;
  }
}

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
