/**
 * The maximum number of values in the JSON of a frame. Parsing so many takes about 50 ms. An answer with all its log
 * probabilities has fewer.
 */
export const maxFrameValues = 250_000;

const quote = 0x22;
const comma = 0x2c;
const openArray = 0x5b;
const backslash = 0x5c;
const openObject = 0x7b;

/** The JSON of a frame has more than {@link maxFrameValues} values. */
export class FrameShapeError extends Error {
  constructor() {
    super(`it has more than ${maxFrameValues} values`);
  }
}

/**
 * `JSON.parse` for frames from servers. Counts the values first, in one pass: parsing millions of them would block the event
 * loop for seconds and take thirty times the memory of the text.
 * @throws FrameShapeError if the text has more than {@link maxFrameValues} values; SyntaxError if it is not JSON
 */
export function parseFrame(text: string): unknown {
  if (text.length > maxFrameValues && valuesExceed(text, maxFrameValues)) throw new FrameShapeError();
  return JSON.parse(text);
}

/** Whether there are more commas and opening brackets outside strings than `most`: there is about one for each value. */
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

/** The index of the closing quote of the string whose content begins at `start`; the text's length if there is none. */
export function endOfString(text: string, start: number): number {
  for (let from = start; ;) {
    const end = text.indexOf('"', from);
    if (end < 0) return text.length;
    let escapes = 0;
    while (end - escapes > from && text.charCodeAt(end - escapes - 1) === backslash) escapes += 1;
    if (escapes % 2 === 0) return end;
    from = end + 1;
  }
}
