import {
  emptyBody,
  invalidJson,
  JsonShapeScanner,
  payloadTooLarge,
  Problem,
  requestAborted,
  validationFailed,
} from '#problems';
import { JSONParser } from '@streamparser/json';
import { type Readable } from 'node:stream';
import { ImportOutline } from './import-outline.js';
import { type Pacer } from './pacer.js';
import { importBounds, transferLimits } from './transfer-limits.js';

/** A member of the document, or one of its messages, with its index. Its shape is bounded; it is not validated. */
export type ImportPart =
  | { member: 'format' | 'title' | 'metadata'; value: unknown }
  | { member: 'messages'; at: number; value: unknown };

/**
 * Parses a document while it arrives, a few KiB at a time: bytes → bounds of its shape → JSON → parts. Parts are not kept.
 * The stream stays open if reading ends early.
 * @param maxBytes the size limit in bytes
 * @throws Problem 400 at the first mistake, 413 above the size limit
 */
export async function* readImport(
  body: Readable,
  pacer: Pacer,
  maxBytes: number = transferLimits.maxImportBytes,
): AsyncGenerator<ImportPart, void> {
  const scanner = new JsonShapeScanner(importBounds);
  const parser = new PartParser();
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw payloadTooLarge();
    for (let at = 0; at < chunk.length; at += transferLimits.parseBytes) {
      const piece = chunk.subarray(at, at + transferLimits.parseBytes);
      scanner.push(piece);
      yield* parser.push(piece);
      await pacer.step();
    }
  }
  if (bytes === 0) throw emptyBody();
  parser.end();
}

/** The stream stays open when reading ends early, because the response uses the same connection. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw requestAborted(error);
  }
}

/** Bytes → parts. */
class PartParser {
  readonly #outline = new ImportOutline();
  readonly #parser = new JSONParser({
    paths: ['$.format', '$.title', '$.metadata', '$.messages.*'],
    keepStack: false,
    // Without a buffer, the tokenizer would append each byte to a string separately.
    stringBufferSize: 64 * 1024,
  });
  #ready: ImportPart[] = [];
  #messages = 0;

  constructor() {
    this.#parser.onToken = (token) => this.#outline.check(token);
    this.#parser.onValue = ({ value, key, stack }) => {
      if (stack.length === 1) {
        this.#ready.push({ member: key as 'format' | 'title' | 'metadata', value });
      } else {
        this.#ready.push({ member: 'messages', at: this.#messages, value });
        this.#messages += 1;
      }
    };
  }

  push(bytes: Buffer): ImportPart[] {
    this.#parse(() => this.#parser.write(bytes));
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** @throws Problem 400 for a document that is not complete */
  end(): void {
    if (!this.#parser.isEnded) this.#parse(() => this.#parser.end());
    if (!this.#outline.has('messages')) {
      throw validationFailed([{ field: 'messages', code: 'required', detail: 'is required' }]);
    }
  }

  #parse(step: () => void): void {
    try {
      step();
    } catch (error) {
      throw error instanceof Problem ? error : invalidJson(error);
    }
  }
}
