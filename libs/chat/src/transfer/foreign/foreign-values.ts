import { parseTimestamp } from '#problems';
import { type ForeignMessage } from './foreign-conversation.js';
import { type LeftOut } from './left-out.js';
import { transferLimits } from '../transfer-limits.js';
import { type Picked } from './json-picker.js';

/** Above this number a time is in milliseconds: in seconds it would be after the year 5138. */
const firstMilliseconds = 1e11;
const maxModelBytes = 1_000;

/** The value if it is an object. */
export function objectIn(value: unknown): Picked | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Picked) : undefined;
}

/** The value if it is a string. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value if it is a list; otherwise an empty list. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The strings of a list. */
export function textsIn(value: unknown): string[] {
  return listIn(value).filter((one) => typeof one === 'string');
}

/**
 * A time of another program as ISO 8601: seconds or milliseconds since 1970, or an ISO 8601 text. Null for anything else, and
 * for years outside 1 to 9999, which PostgreSQL and JavaScript write differently.
 */
export function timeIn(value: unknown): string | null {
  if (typeof value === 'string') return parseTimestamp(value)?.toISOString() ?? null;
  if (typeof value !== 'number') return null;
  const time = new Date(Math.abs(value) < firstMilliseconds ? value * 1_000 : value);
  if (Number.isNaN(time.getTime())) return null;
  return parseTimestamp(time.toISOString())?.toISOString() ?? null;
}

/** The name of a model; null if there is none. */
export function modelIn(value: unknown): string | null {
  const name = storable(textIn(value) ?? '');
  return name === '' || Buffer.byteLength(name) > maxModelBytes ? null : name;
}

/** The text with U+FFFD instead of NUL characters and unpaired surrogates, which PostgreSQL cannot store. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** A message if its text can be stored. Otherwise counts it in `leftOut` and returns undefined. */
export function messageOf(message: ForeignMessage, leftOut: LeftOut): ForeignMessage | undefined {
  const content = storable(message.content);
  if (content !== message.content) leftOut.add('invalid_character');
  if (content.trim() === '') {
    leftOut.add('empty_message');
    return undefined;
  }
  if (Buffer.byteLength(content) > transferLimits.maxContentBytes) {
    leftOut.add('too_long_message');
    return undefined;
  }
  return { ...message, content };
}
