import { type Template } from './description.js';
import { compileInJson } from './in-json.js';
import { JsonTextReader } from './json-text.js';
import { type Location } from './mistakes.js';

/** Fills a template with values. Undefined: there is no value, and the surrounding object or list omits it. */
export type Fill<V> = (values: V) => unknown;

/** Resolves a placeholder; undefined if there is none with that name. */
export type Placeholders<V> = (name: string, location: Location) => Fill<V> | undefined;

/** The only key of `{ $json: … }`, which is replaced with its value as a JSON string. */
const jsonKey = '$json';

/** Begins keys with a meaning of their own; a key of the frame that begins with it is written with `$$`. */
const keyMark = '$';

/**
 * Compiles a template. A string that consists of `{{name}}` is the value itself, such as a list or a number; in a longer
 * string the value is converted to text. Without a value, the string is omitted from its object or list; in a longer
 * string it is empty.
 */
export function compileTemplate<V>(template: Template, location: Location, known: Placeholders<V>): Fill<V> {
  if (typeof template === 'string') return compileString(template, location, known);
  if (typeof template !== 'object' || template === null) return () => template;
  if (isList(template)) {
    const parts = template.map((part, index) => compileTemplate(part, location.at(index), known));
    return (values) => parts.map((part) => part(values)).filter((value) => value !== undefined);
  }
  const entries = Object.entries(template).map(
    ([key, part]) => [key, compileTemplate(part, location.at(key), known)] as const,
  );
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === jsonKey) return (values) => JSON.stringify(only[1](values));
  for (const [key] of entries) reportUnknownMark(key, location);
  return (values) => {
    const filled = Object.create(null) as Record<string, unknown>;
    for (const [key, part] of entries) {
      const value = part(values);
      if (value !== undefined) filled[key.startsWith(`${keyMark}${keyMark}`) ? key.slice(1) : key] = value;
    }
    return filled;
  };
}

function reportUnknownMark(key: string, location: Location): void {
  if (!key.startsWith(keyMark) || key.startsWith(`${keyMark}${keyMark}`)) return;
  location
    .at(key)
    .report(
      key === jsonKey
        ? 'must be the only key of its mapping'
        : `is not known; known is ${jsonKey}. If the server has such a key, begin it with ${keyMark}${keyMark}`,
    );
}

/** Compiles a template to frames: a string is sent unchanged, everything else as JSON. A list is several frames. */
export function compileFrames<V>(
  template: Template,
  location: Location,
  known: Placeholders<V>,
): (values: V) => string | string[] {
  if (isList(template)) {
    const frames = template.map((part, index) => compileFrame(part, location.at(index), known));
    return (values) => frames.map((frame) => frame(values));
  }
  return compileFrame(template, location, known);
}

/** Compiles a template to one frame. */
export function compileFrame<V>(
  template: Template,
  location: Location,
  known: Placeholders<V>,
): (values: V) => string {
  const fill = compileTemplate(template, location, known);
  return (values) => {
    const filled = fill(values);
    return typeof filled === 'string' ? filled : (JSON.stringify(filled) ?? '');
  };
}

/** Compiles a string with `{{placeholders}}`; undefined if one of them has no value. */
export function compileWholeText<V>(
  text: string,
  location: Location,
  known: Placeholders<V>,
): (values: V) => string | undefined {
  const parts = partsOf(text, location, known);
  return (values) => {
    let filled = '';
    for (const part of parts) {
      const value = typeof part === 'string' ? part : part(values);
      if (value === undefined) return undefined;
      filled += asText(value);
    }
    return filled;
  };
}

function compileString<V>(text: string, location: Location, known: Placeholders<V>): Fill<V> {
  const parts = partsOf(text, location, known);
  const [only] = parts;
  if (only === undefined) return () => '';
  if (parts.length === 1) return typeof only === 'string' ? () => only : only;
  return (values) => parts.map((part) => (typeof part === 'string' ? part : asText(part(values)))).join('');
}

/**
 * Splits a string into literal text and placeholders. `{{json name}}` inserts JSON; where the text has JSON, a placeholder
 * without it is a mistake if its value could change that JSON.
 */
function partsOf<V>(text: string, location: Location, known: Placeholders<V>): (string | Fill<V>)[] {
  const parts: (string | Fill<V>)[] = [];
  const json = new JsonTextReader();
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', open);
    if (close < 0) {
      location.report('has "{{" without "}}"');
      break;
    }
    if (open > from) {
      parts.push(text.slice(from, open));
      json.read(text.slice(from, open));
    }
    const fill = compileInJson(text.slice(open + 2, close).trim(), json.position, location, known);
    if (fill !== undefined) parts.push(fill);
    from = close + 2;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isList(value: unknown): value is readonly Template[] {
  return Array.isArray(value);
}
