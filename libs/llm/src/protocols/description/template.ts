import { type Template } from './description.js';
import { type Place } from './mistakes.js';

/** Fills a template in. Undefined: there is nothing to say, and whatever it stands in leaves it out. */
export type Fill<V> = (values: V) => unknown;

/** What a placeholder stands for; undefined if there is none of that name. */
export type Placeholders<V> = (name: string, place: Place) => Fill<V> | undefined;

/** The only key of `{ $json: … }`, whose value is written as JSON and put there as a text. */
const jsonKey = '$json';

/**
 * Compiles a template. `{{name}}` alone is the value as it is, a list or a number included; within a longer text it is
 * the value as text. What has no value is left out of its object or list; in a longer text it is empty.
 */
export function compileTemplate<V>(template: Template, place: Place, known: Placeholders<V>): Fill<V> {
  if (typeof template === 'string') return compileString(template, place, known);
  if (typeof template !== 'object' || template === null) return () => template;
  if (isList(template)) {
    const parts = template.map((part, index) => compileTemplate(part, place.at(index), known));
    return (values) => parts.map((part) => part(values)).filter((value) => value !== undefined);
  }
  const entries = Object.entries(template).map(
    ([key, part]) => [key, compileTemplate(part, place.at(key), known)] as const,
  );
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === jsonKey) return (values) => JSON.stringify(only[1](values));
  return (values) => {
    const filled = Object.create(null) as Record<string, unknown>;
    for (const [key, part] of entries) {
      const value = part(values);
      if (value !== undefined) filled[key] = value;
    }
    return filled;
  };
}

/** Frames of a template: a text is sent as it is, everything else as JSON. A list is as many frames. */
export function compileFrames<V>(
  template: Template,
  place: Place,
  known: Placeholders<V>,
): (values: V) => string | string[] {
  if (isList(template)) {
    const frames = template.map((part, index) => compileFrame(part, place.at(index), known));
    return (values) => frames.map((frame) => frame(values));
  }
  return compileFrame(template, place, known);
}

/** One frame. */
export function compileFrame<V>(
  template: Template,
  place: Place,
  known: Placeholders<V>,
): (values: V) => string {
  const fill = compileTemplate(template, place, known);
  return (values) => {
    const filled = fill(values);
    return typeof filled === 'string' ? filled : (JSON.stringify(filled) ?? '');
  };
}

/** A text with `{{placeholders}}`; undefined as soon as one of them has no value. */
export function compileWholeText<V>(
  text: string,
  place: Place,
  known: Placeholders<V>,
): (values: V) => string | undefined {
  const parts = partsOf(text, place, known);
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

function compileString<V>(text: string, place: Place, known: Placeholders<V>): Fill<V> {
  const parts = partsOf(text, place, known);
  const [only] = parts;
  if (only === undefined) return () => '';
  if (parts.length === 1) return typeof only === 'string' ? () => only : only;
  return (values) => parts.map((part) => (typeof part === 'string' ? part : asText(part(values)))).join('');
}

/** Texts as they are, and what stands between `{{` and `}}`. */
function partsOf<V>(text: string, place: Place, known: Placeholders<V>): (string | Fill<V>)[] {
  const parts: (string | Fill<V>)[] = [];
  let from = 0;
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    const close = text.indexOf('}}', open);
    if (close < 0) {
      place.wrong('has "{{" without "}}"');
      break;
    }
    if (open > from) parts.push(text.slice(from, open));
    const fill = known(text.slice(open + 2, close).trim(), place);
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
