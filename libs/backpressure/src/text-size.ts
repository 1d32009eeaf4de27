/**
 * Estimates the length of a value's JSON text, in characters before escaping. Stops counting above `limit`, so that a huge
 * value costs no more than a small one.
 */
export function textSize(value: unknown, limit: number): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'object':
      return value === null ? 4 : sizeOfObject(value, limit);
    default:
      return 8;
  }
}

function sizeOfObject(value: object, limit: number): number {
  if ('toJSON' in value) return 26;
  if (value instanceof SlicedText) return Infinity;
  let size = 2;
  const members: [string, unknown][] | unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (const member of members) {
    size += textSize(member, limit - size) + 8;
    if (size > limit) break;
  }
  return size;
}

/** Reads slices of a text. Offsets and lengths are in UTF-16 code units. */
export interface TextReader {
  /**
   * Returns at most `maxChars` (2 or more) from offset `from`; empty at the end of the text. Never splits a surrogate pair. A
   * promise if the text must be fetched.
   */
  slice(from: number, maxChars: number): string | Promise<string>;
}

/** Stands for a string in a JSON value; its text is read slice by slice while it is encoded. */
export class SlicedText {
  constructor(readonly reader: TextReader) {}
}
