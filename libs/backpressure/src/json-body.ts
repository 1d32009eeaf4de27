import { Readable } from 'node:stream';
import { type JsonPiece, jsonPieces } from './json-pieces.js';
import { type SharedPacer } from './shared-pacer.js';
import { textSize } from './text-size.js';

/** Responses with more characters than this are written piece by piece and count against the memory of their owner. */
export const largeChars = 64 * 1024;

/**
 * The body of a JSON response: text for a small value, else a stream that encodes no faster than its reader takes it.
 * @param pacer of all responses
 */
export function jsonBody(value: unknown, pacer: SharedPacer): string | Readable {
  if (textSize(value, largeChars) <= largeChars) return JSON.stringify(value);
  return Readable.from(inTurns(jsonPieces(value), pacer), { objectMode: false });
}

async function* inTurns(pieces: Iterable<JsonPiece>, pacer: SharedPacer): AsyncGenerator<string, void> {
  for (const piece of pieces) {
    yield await piece;
    await pacer.step();
  }
}
