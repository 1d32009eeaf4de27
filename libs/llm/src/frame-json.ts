/** Most values in the JSON of a frame: some 50 ms of parsing. An answer with all its log probabilities has fewer. */
export const maxFrameValues = 250_000;

const quote = 0x22;
const comma = 0x2c;
const openArray = 0x5b;
const backslash = 0x5c;
const openObject = 0x7b;

/** A frame whose JSON has too many values to be parsed. */
export class FrameShapeError extends Error {
  constructor() {
    super(`it has more than ${maxFrameValues} values`);
  }
}

/**
 * `JSON.parse` for what a server sends. The values are counted before, in one pass: parsing millions of them would keep the
 * event loop for seconds, and take thirty times the memory of the text.
 * @throws FrameShapeError where the text has more than {@link maxFrameValues}; SyntaxError where it is no JSON
 */
export function parseFrame(text: string): unknown {
  if (text.length > maxFrameValues && valuesExceed(text, maxFrameValues)) throw new FrameShapeError();
  return JSON.parse(text);
}

/** Commas and opening brackets outside of strings are as many as values, or a few more. */
function valuesExceed(text: string, most: number): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at + 1);
    else if (code === comma || code === openArray || code === openObject) {
      values += 1;
      if (values > most) return true;
    }
  }
  return false;
}

/** Where the string that begins at `start` has its closing quote; the end of the text if nowhere. */
function endOfString(text: string, start: number): number {
  for (let from = start; ;) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let escapes = 0;
    while (end - escapes > from && text.charCodeAt(end - escapes - 1) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
    from = end + 1;
  }
}
