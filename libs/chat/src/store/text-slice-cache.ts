import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';

/** Code points of a slice; the last slice of a text may be shorter. */
export const storedSliceChars = 256 * 1024;
/** Most slices that are cached, of all texts together; up to 512 KiB each. */
const maxSlices = 32;

const textSlice: Statement = {
  name: 'slice_of_message',
  text: 'SELECT substr(content, $2, $3) AS slice FROM messages WHERE id = $1',
};

/** Slices of stored answers, shared by all of their readers. The most recently used slices are cached. */
@Injectable()
export class TextSliceCache {
  /** Slices that were requested, the most recently used last. */
  readonly #slices = new Map<string, Promise<string>>();
  /** Slices that have been read. */
  readonly #texts = new Map<string, string>();

  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A slice that is in the cache. @param at its index, from 0 */
  cached(messageId: string, at: number): string | undefined {
    return this.#texts.get(keyOf(messageId, at));
  }

  /**
   * Reads a slice of a message of this owner. Empty after the last slice, and if the message was deleted.
   * @throws DatabaseUnavailableError
   */
  read(owner: string, messageId: string, at: number): Promise<string> {
    const key = keyOf(messageId, at);
    const slice = this.#slices.get(key) ?? this.#fetch(owner, key, messageId, at);
    this.#slices.delete(key);
    this.#slices.set(key, slice);
    const [oldest] = this.#slices.keys();
    if (this.#slices.size > maxSlices) this.#remove(oldest!);
    return slice;
  }

  async #fetch(owner: string, key: string, messageId: string, at: number): Promise<string> {
    try {
      const from = at * storedSliceChars + 1;
      const values = [messageId, from, storedSliceChars];
      const [row] = await this.#database.forOwner(owner).query<{ slice: string }>(textSlice, values);
      const text = row?.slice ?? '';
      if (this.#slices.has(key)) this.#texts.set(key, text);
      return text;
    } catch (error) {
      this.#remove(key);
      throw error;
    }
  }

  #remove(key: string): void {
    this.#slices.delete(key);
    this.#texts.delete(key);
  }
}

function keyOf(messageId: string, at: number): string {
  return `${messageId}/${at}`;
}
