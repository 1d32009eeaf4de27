import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';

/** Code points of a slice. */
export const storedSliceChars = 256 * 1024;
/** Most slices that are kept, of all runs together; up to 512 KiB each. */
const mostSlices = 32;

const textSlice: Statement = {
  name: 'slice_of_message',
  text: 'SELECT substr(content, $2, $3) AS slice FROM messages WHERE id = $1',
};

/**
 * Texts of stored answers, in slices that their readers share. The most recently read slices are kept; others are read
 * again.
 */
@Injectable()
export class StoredTexts {
  /** In order of use, the most recent last. */
  readonly #slices = new Map<string, Promise<string>>();
  /** The slices that have arrived. */
  readonly #texts = new Map<string, string>();

  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A slice that is in memory. @param at its index, from 0 */
  known(messageId: string, at: number): string | undefined {
    return this.#texts.get(keyOf(messageId, at));
  }

  /** A slice of a message of this owner; empty after the last one, and of a message that is gone. @throws DatabaseUnavailableError */
  read(owner: string, messageId: string, at: number): Promise<string> {
    const key = keyOf(messageId, at);
    const slice = this.#slices.get(key) ?? this.#fetch(owner, key, messageId, at);
    this.#slices.delete(key);
    this.#slices.set(key, slice);
    const [oldest] = this.#slices.keys();
    if (this.#slices.size > mostSlices) this.#forget(oldest!);
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
      this.#forget(key);
      throw error;
    }
  }

  #forget(key: string): void {
    this.#slices.delete(key);
    this.#texts.delete(key);
  }
}

function keyOf(messageId: string, at: number): string {
  return `${messageId}/${at}`;
}
