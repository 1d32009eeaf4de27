import { invalidJson, JsonShapeScanner, Problem, validationFailed } from '#problems';
import { JSONParser } from '@streamparser/json';
import { ImportOutline } from './import-outline.js';
import { importBounds } from './transfer-limits.js';

/** A member of the document, or one of its messages, with its index. Its shape is bounded; it is not validated. */
export type ImportPart =
  | { member: 'format' | 'title' | 'metadata'; value: unknown }
  | { member: 'messages'; at: number; value: unknown };

/**
 * Parses a document of Parley while it arrives: bytes → bounds of its shape → JSON → parts. Parts are not kept.
 * @param pieces the document in pieces of a few KiB
 * @throws Problem 400 at the first mistake
 */
export async function* readImport(pieces: AsyncIterable<Buffer>): AsyncGenerator<ImportPart, void> {
  const scanner = new JsonShapeScanner(importBounds);
  const parser = new PartParser();
  for await (const piece of pieces) {
    scanner.push(piece);
    yield* parser.push(piece);
  }
  parser.end();
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
