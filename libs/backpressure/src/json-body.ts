import { Readable } from 'node:stream';
import { type JsonPiece, jsonPieces } from './json-pieces.js';
import { type SharedPacer } from './shared-pacer.js';
import { textSize } from './text-size.js';

/** Responses with more characters than this are encoded piece by piece and count toward the memory of their owner. */
export const largeChars = 64 * 1024;

/**
 * Returns the body of a JSON response: a string for a small value, else a stream that encodes no faster than it is read.
 * @param pacer shared by all responses of the process
 */
export function jsonBody(value: unknown, pacer: SharedPacer): string | Readable {
  if (textSize(value, largeChars) <= largeChars) return JSON.stringify(value);
  return Readable.from(paced(jsonPieces(value), pacer), { objectMode: false });
}

async function* paced(pieces: Iterable<JsonPiece>, pacer: SharedPacer): AsyncGenerator<string, void> {
  for (const piece of pieces) {
    yield await piece;
    await pacer.step();
  }
}
