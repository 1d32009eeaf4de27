import { emptyBody, payloadTooLarge, requestAborted } from '#problems';
import { type Readable } from 'node:stream';
import { FormatDetector, type ImportFormat } from './import-format.js';
import { type Pacer } from './pacer.js';
import { transferLimits } from './transfer-limits.js';

/**
 * The body of an import in pieces of a few KiB, in slices of the event loop. The stream stays open if reading ends early.
 * @param maxBytes the size limit in bytes
 * @throws Problem 400 `empty_body`, 413 above the size limit
 */
export async function* piecesOf(
  body: Readable,
  pacer: Pacer,
  maxBytes: number = transferLimits.maxImportBytes,
): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw importTooLarge();
    for (let at = 0; at < chunk.length; at += transferLimits.parseBytes) {
      yield chunk.subarray(at, at + transferLimits.parseBytes);
      await pacer.step();
    }
  }
  if (bytes === 0) throw emptyBody();
}

/** 413: the document is larger than an import may be. */
export function importTooLarge(): Error {
  const mib = transferLimits.maxImportBytes / 1024 / 1024;
  return payloadTooLarge(
    `An import may have at most ${mib} MiB. Divide the file: each part must be a complete document.`,
  );
}

/** The stream stays open when reading ends early, because the response uses the same connection. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw requestAborted(error);
  }
}

/** A document whose format is known. */
export interface RecognizedBody {
  format: ImportFormat | 'unknown';
  /** The whole document. */
  pieces: AsyncGenerator<Buffer, void>;
}

/** Reads as much of a document as {@link FormatDetector} needs. */
export async function recognize(pieces: AsyncGenerator<Buffer, void>): Promise<RecognizedBody> {
  const detector = new FormatDetector();
  const read: Buffer[] = [];
  while (detector.format === undefined) {
    const { value, done } = await pieces.next();
    if (done) break;
    read.push(value);
    detector.push(value);
  }
  async function* all(): AsyncGenerator<Buffer, void> {
    yield* read;
    yield* pieces;
  }
  return { format: detector.format ?? 'parley', pieces: all() };
}
