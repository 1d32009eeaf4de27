import { sliceText, type TextReader } from '#backpressure';

/** A text that grows by appended pieces and is shared by all of its readers, each of which keeps only an offset. */
export class GrowingText implements TextReader {
  /** The appended pieces, in order. */
  readonly pieces: string[] = [];
  /** Where each piece begins, in UTF-16 code units. */
  readonly #starts: number[] = [];
  #length = 0;

  /** Characters (UTF-16 code units). */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece at the end; an empty one is ignored. */
  append(piece: string): void {
    if (piece === '') return;
    this.pieces.push(piece);
    this.#starts.push(this.#length);
    this.#length += piece.length;
  }

  /** See {@link TextReader.slice}. */
  slice(from: number, maxChars: number): string {
    if (from >= this.#length) return '';
    let at = this.#pieceAt(from);
    // One more than requested shows whether the end would cut a surrogate pair.
    let text = this.pieces[at]!.slice(from - this.#starts[at]!, from - this.#starts[at]! + maxChars + 1);
    while (text.length <= maxChars && at + 1 < this.pieces.length) {
      at += 1;
      text += this.pieces[at]!.slice(0, maxChars + 1 - text.length);
    }
    return sliceText(text, 0, maxChars);
  }

  /** The whole text. */
  toString(): string {
    return this.pieces.join('');
  }

  /** The index of the piece that contains the offset. The last one is checked first, because most readers are there. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    if (this.#starts[high]! <= offset) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
