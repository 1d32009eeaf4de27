import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type JsonPiece, jsonPieces } from './json-pieces.js';
import { textSize } from './text-size.js';

/** Responses with more characters than this are written piece by piece and count against the memory of their owner. */
export const largeChars = 64 * 1024;

/** Pieces that are encoded before other work gets its turn: 256 Ki characters, a few milliseconds. */
const piecesPerTurn = 16;

/** The body of a JSON response: text for a small value, else a stream that encodes no faster than its reader takes it. */
export function jsonBody(value: unknown): string | Readable {
  if (textSize(value, largeChars) <= largeChars) return JSON.stringify(value);
  return Readable.from(inTurns(jsonPieces(value)), { objectMode: false });
}

async function* inTurns(pieces: Iterable<JsonPiece>): AsyncGenerator<string, void> {
  let count = 0;
  for (const piece of pieces) {
    yield await piece;
    count += 1;
    if (count % piecesPerTurn === 0) await nextTurn();
  }
}
