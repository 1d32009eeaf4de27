/**
 * An estimate of how long a value's JSON text is, in characters before escaping. Stops counting beyond `limit`, so that
 * a huge value costs no more than a small one.
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

/** Reads part of a text. Offsets and lengths in UTF-16 code units. */
export interface TextReader {
  /**
   * At most `maxChars` (2 or more) from `from` on; empty at the end. Never ends between the halves of a surrogate pair,
   * unless the text does. A promise if the text has to be fetched.
   */
  slice(from: number, maxChars: number): string | Promise<string>;
}

/** Takes the place of a string in a JSON value; the text is read slice by slice while it is encoded. */
export class SlicedText {
  constructor(readonly reader: TextReader) {}
}
