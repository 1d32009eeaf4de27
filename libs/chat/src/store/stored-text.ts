import { sliceText } from '#backpressure';
import { type LongText } from '../model/followable-run.js';
import { type Turn } from '../model/turn.js';
import { type TextSliceCache, storedSliceChars } from './text-slice-cache.js';

/** The length of a stored text. */
export interface StoredLength {
  /** Code points, as PostgreSQL counts. */
  chars: number;
  /** Bytes of UTF-8. */
  octets: number;
}

/** Reads the text of a long stored answer from the database, slice by slice. */
export class StoredText implements LongText {
  /** The offset of each slice in UTF-16 code units, as far as known. */
  readonly #starts: number[] = [0];
  readonly #slices: number;
  readonly #cache: TextSliceCache;
  readonly #turn: Pick<Turn, 'owner' | 'reply'>;

  constructor(cache: TextSliceCache, turn: Pick<Turn, 'owner' | 'reply'>, { chars, octets }: StoredLength) {
    this.#cache = cache;
    this.#turn = turn;
    this.#slices = Math.ceil(chars / storedSliceChars);
    if (chars !== octets) return;
    // ASCII: each code point is one code unit.
    for (let at = 1; at <= this.#slices; at += 1) this.#starts.push(Math.min(chars, at * storedSliceChars));
  }

  /** See {@link LongText.slice}. */
  slice(from: number, maxChars: number): string | Promise<string> {
    const at = this.#sliceAt(from);
    if (at >= this.#slices) return '';
    const text = this.#cache.cached(this.#turn.reply.id, at);
    if (text === undefined || from >= this.#starts[at]! + text.length) return this.#read(from, maxChars);
    return sliceText(text, from - this.#starts[at]!, maxChars);
  }

  /** See {@link LongText.length}. Reads the slices whose length is not known yet. @throws DatabaseUnavailableError */
  async length(): Promise<number> {
    while (this.#starts.length <= this.#slices) await this.#readSlice(this.#starts.length - 1);
    return this.#starts[this.#slices]!;
  }

  async #read(from: number, maxChars: number): Promise<string> {
    for (let at = this.#sliceAt(from); at < this.#slices; at += 1) {
      const text = await this.#readSlice(at);
      if (from < this.#starts[at]! + text.length) return sliceText(text, from - this.#starts[at]!, maxChars);
    }
    return '';
  }

  async #readSlice(at: number): Promise<string> {
    const text = await this.#cache.read(this.#turn.owner, this.#turn.reply.id, at);
    this.#starts[at + 1] ??= this.#starts[at]! + text.length;
    return text;
  }

  /** The index of the last slice that is known to begin at or before the offset. */
  #sliceAt(offset: number): number {
    let at = this.#starts.length - 1;
    while (at > 0 && this.#starts[at]! > offset) at -= 1;
    return at;
  }
}
