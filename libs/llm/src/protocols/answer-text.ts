import { type SecretRedactor } from '../redaction/secret-redactor.js';
import { type StreamRedactor } from '../redaction/stream-redactor.js';
import { storable } from '../storable-text.js';

/**
 * Collects the pieces of one answer and makes each fit to show and to store: NUL, which Postgres cannot hold, and
 * lone surrogates, which UTF-8 cannot, become U+FFFD; a pair cut in two between pieces is put together again.
 * Lengths are in UTF-16 code units.
 */
export class AnswerText {
  readonly #redacted: StreamRedactor;
  #pieces: string[] = [];
  #held = '';
  #length = 0;
  readonly #redactor: SecretRedactor;

  /** @param redactor redacts secrets in the text; the possible start of one is held back */
  constructor(redactor: SecretRedactor) {
    this.#redactor = redactor;
    this.#redacted = redactor.stream();
  }

  /** Characters that {@link push} has given out. */
  get length(): number {
    return this.#length;
  }

  /** The text to show for one more piece; empty while all of it is held back. */
  push(piece: string): string {
    let text = this.#held + piece;
    this.#held = '';
    if (endsInHalfPair(text)) {
      this.#held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return this.#add(this.#redacted.push(storable(text)));
  }

  /**
   * Ends the answer. `whole`, where the server repeats the whole answer, is what counts: `rest` is what was not
   * shown of it yet. If what was shown is no beginning of it, `replaced` is true and `rest` is all of it.
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

function endsInHalfPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
