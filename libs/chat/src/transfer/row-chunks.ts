import { transferLimits } from './transfer-limits.js';

/**
 * Rows as JSON arrays in buffers: outside the JavaScript heap, in about as many bytes as were sent. One statement stores one
 * array.
 */
export class RowChunks {
  readonly #chunks: Buffer[] = [];
  #rows: string[] = [];
  #chars = 0;

  /** Adds a row as JSON. */
  add(row: string): void {
    this.#rows.push(row);
    this.#chars += row.length;
  }

  /** Whether the rows since the last chunk are enough for one. */
  get isFull(): boolean {
    return this.#rows.length >= transferLimits.chunkRows || this.#chars >= transferLimits.chunkBytes;
  }

  /** Closes the current chunk, if it has rows. */
  end(): void {
    if (this.#rows.length === 0) return;
    this.#chunks.push(Buffer.from(`[${this.#rows.join(',')}]`));
    this.#rows = [];
    this.#chars = 0;
  }

  /** Removes and returns the first chunk; undefined if there is none. */
  shift(): Buffer | undefined {
    return this.#chunks.shift();
  }
}
