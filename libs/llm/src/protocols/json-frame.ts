import { LlmFrameError } from '../errors/answer-errors.js';
import { FrameShapeError, parseFrame } from '../frame-json.js';
import { afterFirstValue } from './several-values.js';

/** How much of a frame an error quotes, in characters. */
const quoteLength = 60;

/** What is wrong with a frame, and what the server or a protocol description must do. */
interface Fault {
  what: string;
  remedy: string;
}

/**
 * Parses a frame that must be one JSON value.
 * @throws LlmFrameError that says what the frame is instead, quotes its start and names the remedy; FrameShapeError if it has
 * too many values
 */
export function parseJsonFrame(text: string): unknown {
  let value: unknown;
  try {
    value = parseFrame(text);
  } catch (cause) {
    if (cause instanceof FrameShapeError) throw cause;
    throw frameError(wrappedJson(text) ?? bareText(text), text, cause);
  }
  if (typeof value === 'string' && isEncodedTwice(value)) throw frameError(encodedTwice, text);
  return value;
}

/**
 * Says what is wrong with a frame that contains JSON in another form than one value in one frame: several values, a byte
 * order mark, a separator, lines of server-sent events, or JSON in a JSON string. Such a frame is never text of an answer.
 * @returns undefined for one JSON value, and for bare text
 */
export function wrappedJsonError(text: string): LlmFrameError | undefined {
  try {
    const value = parseFrame(text);
    return typeof value === 'string' && isEncodedTwice(value) ? frameError(encodedTwice, text) : undefined;
  } catch (cause) {
    const fault = wrappedJson(text);
    return fault && frameError(fault, text, cause);
  }
}

/** The start of a frame on one line, for errors and logs. */
export function quoteFrame(text: string): string {
  const start = text.slice(0, quoteLength).replaceAll(/[\r\n\t]+/g, ' ');
  return text.length > quoteLength ? `${start}…` : start;
}

function frameError({ what, remedy }: Fault, text: string, cause?: unknown): LlmFrameError {
  const quote = text.trim() === '' ? '' : `: ${quoteFrame(text)}`;
  return new LlmFrameError(`${what}${quote} (${remedy})`, cause);
}

const encodedTwice: Fault = {
  what: 'it is a JSON string that contains JSON, which was encoded twice',
  remedy: 'the server must encode it once, or a protocol description must have "json_in: $"',
};

/** A text whose content is an object or a list was encoded twice. Any other text is an ordinary value. */
function isEncodedTwice(value: string): boolean {
  return startsJson(value) && isJson(value);
}

function wrappedJson(text: string): Fault | undefined {
  if (text.startsWith('\ufeff')) {
    return {
      what: 'it begins with a byte order mark (U+FEFF)',
      remedy: 'JSON must not have one; the server must send the JSON alone',
    };
  }
  const control = controlCharacter(text);
  if (control !== undefined) {
    const remedy =
      control.where === 'ends'
        ? `the server must send the JSON alone, or a protocol description must have "separator: '\\u${control.code}'"`
        : 'the server must send the JSON alone';
    return { what: `it ${control.where} with the control character U+${control.code}`, remedy };
  }
  if (/^(data|event|id|retry):/.test(text)) {
    return {
      what: 'it has the form of server-sent events (lines such as "data:") instead of JSON',
      remedy: 'the server must send the JSON alone',
    };
  }
  const rest = afterFirstValue(text);
  if (rest === undefined) return undefined;
  const separator = /^\s*\n/.test(rest) ? ', or a protocol description must have "separator: \'\\n\'"' : '';
  return {
    what: /^[\s,]*[[{"]/.test(rest)
      ? 'it has several JSON values, not one'
      : 'it has text after its JSON value',
    remedy: `the server must send each value in a frame of its own${separator}`,
  };
}

function bareText(text: string): Fault {
  const remedy =
    'a protocol description with "frames: mixed" can pass it over, such as examples/protocols/guide-lenient.yaml';
  if (text.trim() === '') return { what: 'it is an empty text', remedy };
  if (text.startsWith(':')) return { what: 'it is a comment of server-sent events instead of JSON', remedy };
  if (text.startsWith('<')) return { what: 'it is HTML or XML, not JSON', remedy };
  if (startsJson(text)) {
    return {
      what: 'it is incomplete or invalid JSON',
      remedy: 'the server must send one whole JSON value in each frame',
    };
  }
  return { what: 'it is not JSON', remedy };
}

/** A control character at the start or the end, other than the whitespace of JSON, such as the record separator U+001E. */
function controlCharacter(text: string): { where: 'begins' | 'ends'; code: string } | undefined {
  const places = [
    { where: 'begins', at: 0 },
    { where: 'ends', at: text.length - 1 },
  ] as const;
  for (const { where, at } of places) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && !/\s/.test(text.charAt(at))) {
      return { where, code: code.toString(16).toUpperCase().padStart(4, '0') };
    }
  }
  return undefined;
}

/** Whether a text begins as a JSON object or list does. */
function startsJson(text: string): boolean {
  return /^\s*(\{|\[\s*[[{"\d\]])/.test(text);
}

function isJson(text: string): boolean {
  try {
    parseFrame(text);
    return true;
  } catch {
    return false;
  }
}
