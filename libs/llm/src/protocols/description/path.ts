import { each, type Place } from './mistakes.js';
import { type Paths } from './description.js';

/** Gives what is there in a frame; undefined for nothing. */
export type Read = (frame: unknown) => unknown;

/** Gives the first text there is in a frame. */
export type ReadText = (frame: unknown) => string | undefined;

/** What a path with `*` finds: every value there is. */
export class Many {
  constructor(readonly values: readonly unknown[]) {}
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
const maxSegments = 16;

/**
 * Compiles `a.b.0.c`: keys and places in lists, one after another. `-1` is the last place in a list, `*` every part of
 * it; `\.` stands for a dot in a key, and `$` for the whole frame. Only a value's own keys are seen.
 */
export function compilePath(path: string, place: Place): Read {
  if (path === '$') return (frame) => frame;
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  if (keys.some((key) => key === ''))
    place.wrong('must be keys with dots between them, such as response.text');
  if (keys.some((key) => forbidden.has(key)))
    place.wrong('must not have __proto__, prototype or constructor in it');
  if (keys.length > maxSegments) place.wrong(`must not have more than ${maxSegments} keys`);
  const star = keys.indexOf('*');
  if (star >= 0) return compileStar(keys.slice(0, star), keys.slice(star + 1));
  return compileKeys(keys);
}

/** The first place that has a value other than null. */
export function compilePaths(paths: Paths | undefined, place: Place): Read | undefined {
  const reads = each(paths, place).map(([path, at]) => compilePath(path, at));
  if (reads.length <= 1) return reads[0];
  return (frame) => {
    for (const read of reads) {
      const value = read(frame);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

/** The first place that has a text; the texts of a `*` are joined. */
export function compileText(paths: Paths | undefined, place: Place): ReadText | undefined {
  const reads = each(paths, place).map(([path, at]) => compilePath(path, at));
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
  if (!(value instanceof Many)) return undefined;
  const texts = value.values.filter((part) => typeof part === 'string');
  return texts.length === 0 ? undefined : texts.join('');
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** `-1` is the last part of a list. */
const fromEnd = /^-[1-9]\d{0,3}$/;

function ownOrFromEnd(value: unknown, key: string): unknown {
  return Array.isArray(value) && fromEnd.test(key) ? (value.at(Number(key)) as unknown) : own(value, key);
}

/** Nearly all paths are short. */
function compileKeys(keys: readonly string[]): Read {
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

function compileStar(before: readonly string[], after: readonly string[]): Read {
  const list = compileKeys(before);
  const inner = after.indexOf('*');
  const rest = inner < 0 ? compileKeys(after) : compileStar(after.slice(0, inner), after.slice(inner + 1));
  return (frame) => {
    const parts = list(frame);
    if (!Array.isArray(parts)) return undefined;
    const values = parts.flatMap((part: unknown) => {
      const value = rest(part);
      if (value === undefined) return [];
      return value instanceof Many ? value.values : [value];
    });
    return values.length === 0 ? undefined : new Many(values);
  };
}
