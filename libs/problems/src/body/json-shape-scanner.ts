import { validationFailed } from '../responses/problem-factories.js';
import { isForbiddenKey } from '../validation/json-shape.js';
import { type JsonBounds } from './json-bounds.js';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openObject = 0x7b;
const openArray = 0x5b;
const closeObject = 0x7d;
const closeArray = 0x5d;
const space = 0x20;

/** An open object or array. */
interface Container {
  isArray: boolean;
  /** Number of keys or elements so far. */
  count: number;
  /** The latest key; undefined in arrays. */
  key: string | undefined;
}

/**
 * Checks the shape of a JSON text in one pass while it arrives: depth, keys, elements, the length of keys and numbers, and
 * forbidden keys. Does not check the grammar: an accepted text may still be invalid JSON. Memory: one entry per open
 * container. Time: linear in the bytes.
 */
export class JsonShapeScanner {
  readonly #open: Container[] = [];
  #values = 0;
  #isInString = false;
  #isEscaped = false;
  /** Whether the current string is a key. */
  #isKey = false;
  #isKeyNext = false;
  #hasEscape = false;
  /** Bytes of the current number or word. */
  #literalBytes = 0;
  /** The start of a key whose end is in a later chunk. */
  #partialKey: Buffer | undefined;
  readonly #bounds: JsonBounds;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  /**
   * Scans the next bytes.
   * @throws Problem 400 `validation_failed` with the field and the bound; the scanner must not be used afterward
   */
  push(chunk: Buffer): void {
    let keyStart = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = this.#hasEscape = true;
        else if (byte === quote) {
          this.#isInString = false;
          if (this.#isKey) this.#endKey(chunk.subarray(keyStart, at));
        }
      } else if (byte === quote) {
        this.#literalBytes = 0;
        this.#isInString = true;
        this.#isKey = this.#isKeyNext;
        this.#isKeyNext = false;
        this.#hasEscape = false;
        if (this.#isKey) keyStart = at + 1;
      } else if (byte <= space || byte === colon) this.#literalBytes = 0;
      else this.#structure(byte);
    }
    if (this.#isInString && this.#isKey) this.#keepKey(chunk.subarray(keyStart));
  }

  #structure(byte: number): void {
    switch (byte) {
      case openObject:
      case openArray:
        return this.#enter(byte === openArray);
      case closeObject:
      case closeArray:
        this.#literalBytes = 0;
        this.#isKeyNext = false;
        this.#open.pop();
        return;
      case comma:
        return this.#next();
      default:
        this.#literalBytes += 1;
        if (this.#literalBytes > this.#bounds.maxLiteralBytes) {
          this.#reject(
            this.#path(),
            'too_long',
            `must be a number of at most ${this.#bounds.maxLiteralBytes} digits`,
          );
        }
    }
  }

  #enter(isArray: boolean): void {
    this.#literalBytes = 0;
    if (this.#open.length >= this.#bounds.maxDepth) {
      this.#reject(
        this.#path(),
        'too_deep',
        `must not be nested deeper than ${this.#bounds.maxDepth} levels`,
      );
    }
    this.#open.push({ isArray, count: isArray ? 1 : 0, key: undefined });
    if (isArray) this.#count();
    this.#isKeyNext = !isArray;
  }

  #next(): void {
    this.#literalBytes = 0;
    const container = this.#open.at(-1);
    if (container === undefined) return;
    if (!container.isArray) {
      this.#isKeyNext = true;
      return;
    }
    container.count += 1;
    if (container.count > this.#bounds.maxElements) {
      this.#reject(
        this.#path(this.#open.length - 1),
        'too_many_elements',
        `must have at most ${this.#bounds.maxElements} elements`,
      );
    }
    if (this.#open.length === this.#bounds.unitDepth) this.#values = 0;
    else this.#count();
  }

  #endKey(rest: Buffer): void {
    const container = this.#open.at(-1)!;
    const bytes = this.#partialKey === undefined ? rest : Buffer.concat([this.#partialKey, rest]);
    this.#partialKey = undefined;
    this.#isKey = false;
    this.#checkKeyLength(bytes.length);
    container.key = bytes.toString('utf8');
    if (this.#hasEscape) container.key = unescaped(container.key);
    container.count += 1;
    if (container.count > this.#bounds.maxKeys) {
      this.#reject(
        this.#path(this.#open.length - 1),
        'too_many_keys',
        `must have at most ${this.#bounds.maxKeys} keys`,
      );
    }
    if (!this.#bounds.allowsAnyKey && isForbiddenKey(container.key))
      this.#reject(this.#path(), 'forbidden_key', 'is not an allowed key');
    this.#count();
  }

  #keepKey(start: Buffer): void {
    // A copy, as the next chunk may overwrite the bytes of this one.
    this.#partialKey = Buffer.concat(this.#partialKey === undefined ? [start] : [this.#partialKey, start]);
    this.#checkKeyLength(this.#partialKey.length);
  }

  #checkKeyLength(bytes: number): void {
    if (bytes <= this.#bounds.maxKeyBytes) return;
    this.#reject(
      this.#path(this.#open.length - 1),
      'key_too_long',
      `must have keys of at most ${this.#bounds.maxKeyBytes} bytes`,
    );
  }

  #count(): void {
    this.#values += 1;
    if (this.#values <= this.#bounds.maxValues) return;
    this.#reject(
      this.#path(this.#bounds.unitDepth),
      'too_many_values',
      `must have at most ${this.#bounds.maxValues} keys and elements in total`,
    );
  }

  /**
   * The path of the current value, such as `settings.stop.3`.
   * @param depth include only the outermost `depth` containers
   */
  #path(depth = this.#open.length): string {
    const steps = this.#open
      .slice(0, depth)
      .map(({ isArray, count, key }) => (isArray ? String(count - 1) : (key ?? '')));
    return steps.join('.') || 'body';
  }

  #reject(field: string, code: string, detail: string): never {
    throw validationFailed([{ field: field.slice(0, 200), code, detail }]);
  }
}

/** Decodes the escapes of a key; returns it unchanged if they are invalid, which the parser rejects later. */
function unescaped(key: string): string {
  try {
    return JSON.parse(`"${key}"`) as string;
  } catch {
    return key;
  }
}
