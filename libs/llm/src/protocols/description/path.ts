import { isForbiddenKey } from '../json-values.js';
import { each, type Location } from './mistakes.js';
import { type Paths } from './description.js';

/** Reads the value at a path of a frame; undefined if there is none. */
export type ReadValue = (frame: unknown) => unknown;

/** Reads a text from a frame; undefined if there is none. */
export type ReadText = (frame: unknown) => string | undefined;

/** All values that a path with `*` matches. */
export class MultipleValues {
  constructor(readonly values: readonly unknown[]) {}
}

const maxSegments = 16;

/**
 * Compiles `a.b.0.c`: keys and list indexes. `-1` is the last item of a list, `*` all of its items; `\.` is a dot in a key,
 * and `$` the whole frame. Inherited properties are never read.
 */
export function compilePath(path: string, location: Location): ReadValue {
  if (path === '$') return (frame) => frame;
  if (path.startsWith('$.')) location.report('must not begin with "$.": the first key is enough');
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  if (keys.some((key) => key === ''))
    location.report('must be keys with dots between them, such as response.text');
  if (keys.some(isForbiddenKey)) location.report('must not have __proto__, prototype or constructor in it');
  if (keys.length > maxSegments) location.report(`must not have more than ${maxSegments} keys`);
  const star = keys.indexOf('*');
  if (star >= 0) return compileStar(keys.slice(0, star), keys.slice(star + 1));
  return compileKeys(keys);
}

/** Compiles paths: the first value other than null counts. */
export function compilePaths(paths: Paths | undefined, location: Location): ReadValue | undefined {
  const reads = each(paths, location).map(([path, at]) => compilePath(path, at));
  if (reads.length <= 1) return reads[0];
  return (frame) => {
    for (const read of reads) {
      const value = read(frame);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

/** Compiles paths to a text: the first one counts; texts that a `*` matches are joined. */
export function compileText(paths: Paths | undefined, location: Location): ReadText | undefined {
  const reads = each(paths, location).map(([path, at]) => compilePath(path, at));
  const [only] = reads;
  if (only === undefined) return undefined;
  if (reads.length === 1) return (frame) => textOf(only(frame));
  return (frame) => {
    for (const read of reads) {
      const text = textOf(read(frame));
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof MultipleValues)) return undefined;
  const texts = value.values.filter((part) => typeof part === 'string');
  return texts.length === 0 ? undefined : texts.join('');
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** An index from the end of a list: `-1` is the last item. */
const fromEnd = /^-[1-9]\d{0,3}$/;

function ownOrFromEnd(value: unknown, key: string): unknown {
  return Array.isArray(value) && fromEnd.test(key) ? (value.at(Number(key)) as unknown) : own(value, key);
}

/** Compiles keys, with fast paths for up to three. */
function compileKeys(keys: readonly string[]): ReadValue {
  if (keys.some((key) => fromEnd.test(key))) return (frame) => keys.reduce(ownOrFromEnd, frame);
  const [a = '', b = '', c = ''] = keys;
  switch (keys.length) {
    case 0:
      return (frame) => frame;
    case 1:
      return (frame) => own(frame, a);
    case 2:
      return (frame) => own(own(frame, a), b);
    case 3:
      return (frame) => own(own(own(frame, a), b), c);
    default:
      return (frame) => keys.reduce(own, frame);
  }
}

function compileStar(before: readonly string[], after: readonly string[]): ReadValue {
  const list = compileKeys(before);
  const inner = after.indexOf('*');
  const rest = inner < 0 ? compileKeys(after) : compileStar(after.slice(0, inner), after.slice(inner + 1));
  return (frame) => {
    const parts = list(frame);
    if (!Array.isArray(parts)) return undefined;
    const values = parts.flatMap((part: unknown) => {
      const value = rest(part);
      if (value === undefined) return [];
      return value instanceof MultipleValues ? value.values : [value];
    });
    return values.length === 0 ? undefined : new MultipleValues(values);
  };
}
