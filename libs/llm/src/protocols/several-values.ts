import { endOfString, parseFrame } from '../frame-json.js';
import { isJsonObject } from './json-values.js';

/** The text after the JSON object or list at the start of a text; undefined if the text does not start with a whole one. */
export function afterFirstValue(text: string): string | undefined {
  const end = endOfFirstValue(text);
  if (end === undefined || !isJson(text.slice(0, end))) return undefined;
  return text.slice(end);
}

/** Whether a text consists of two or more JSON objects, none of them empty, with whitespace or commas between them. */
export function isSeveralObjects(text: string): boolean {
  let count = 0;
  for (let rest = text; ; count += 1) {
    rest = rest.replace(/^[\s,]+/, '');
    if (rest === '') return count >= 2;
    const end = rest.startsWith('{') ? endOfFirstValue(rest) : undefined;
    if (end === undefined || !isFilledObject(rest.slice(0, end))) return false;
    rest = rest.slice(end);
  }
}

/** The index after the bracket that closes the first one of the text; undefined if the text does not begin with one. */
function endOfFirstValue(text: string): number | undefined {
  let depth = 0;
  for (let at = /^\s*/.exec(text)![0].length; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (depth === 0) return undefined;
    else if (character === '"') at = endOfString(text, at + 1);
    if (depth === 0) return at + 1;
  }
  return undefined;
}

function isJson(text: string): boolean {
  return parsed(text) !== undefined;
}

function isFilledObject(text: string): boolean {
  const value = parsed(text);
  return isJsonObject(value) && Object.keys(value).length > 0;
}

function parsed(text: string): unknown {
  try {
    return parseFrame(text);
  } catch {
    return undefined;
  }
}
