import { sliceText } from './slice-text.js';
import { SlicedText, textSize } from './text-size.js';

/** Upper bound of characters per piece before escaping. Escaping yields up to 6 bytes each, so 96 KiB on the wire. */
export const pieceChars = 16 * 1024;

/** Part of a JSON text; a promise if it must be fetched. The next piece may be requested only after it has resolved. */
export type JsonPiece = string | Promise<string>;

/**
 * `JSON.stringify` in pieces, so that a stalled reader costs the memory of one piece and no step takes long. The result is
 * the same, except that cyclic values never end; responses have no cycles.
 */
export function* jsonPieces(value: unknown): Generator<JsonPiece, void> {
  let piece = '';
  for (const part of parts(value)) {
    if (typeof part !== 'string') {
      if (piece !== '') yield piece;
      piece = '';
      yield part;
      continue;
    }
    piece += part;
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function* parts(value: unknown): Generator<JsonPiece, void> {
  if (textSize(value, pieceChars) <= pieceChars) yield JSON.stringify(value) ?? 'null';
  else if (typeof value === 'string') yield* textParts(value);
  else if (value instanceof SlicedText) yield* slicedParts(value);
  else if (Array.isArray(value)) yield* arrayParts(value);
  else yield* objectParts(value as object);
}

function* textParts(text: string): Generator<string, void> {
  yield '"';
  for (let from = 0; from < text.length;) {
    const slice = sliceText(text, from, pieceChars);
    from += slice.length;
    yield escaped(slice);
  }
  yield '"';
}

function* slicedParts({ reader }: SlicedText): Generator<JsonPiece, void> {
  let from = 0;
  let isAtEnd = false;
  const take = (slice: string): string => {
    from += slice.length;
    isAtEnd = slice === '';
    return escaped(slice);
  };
  yield '"';
  while (!isAtEnd) {
    const slice = reader.slice(from, pieceChars);
    yield typeof slice === 'string' ? take(slice) : slice.then(take);
  }
  yield '"';
}

function* arrayParts(items: readonly unknown[]): Generator<JsonPiece, void> {
  let before = '[';
  for (const item of items) {
    yield before;
    yield* parts(item);
    before = ',';
  }
  yield items.length === 0 ? '[]' : ']';
}

function* objectParts(value: object): Generator<JsonPiece, void> {
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || typeof member === 'function') continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* parts(member);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** The slice as the content of a JSON string, without quotes. */
function escaped(slice: string): string {
  return JSON.stringify(slice).slice(1, -1);
}
