import { type FieldError } from '../responses/problem.js';

/** Keys that mean something to JavaScript objects themselves. Nest would drop them without a word. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key has a special meaning for JavaScript objects. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

/**
 * The first part of a JSON value that no body may have: an object or array nested deeper than `maxDepth`, or a forbidden
 * key. Undefined when there is none. The recursion is bounded by `maxDepth`.
 */
export function findForbiddenPart(value: unknown, maxDepth: number, path = ''): FieldError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (maxDepth === 0) {
    return { field: path || 'body', code: 'too_deep', detail: 'is nested too deeply' };
  }
  for (const key of Object.keys(value)) {
    const field = path === '' ? key : `${path}.${key}`;
    if (isForbiddenKey(key)) return { field, code: 'forbidden_key', detail: 'is not an allowed key' };
    const part = (value as Record<string, unknown>)[key];
    if (typeof part !== 'object' || part === null) continue;
    const found = findForbiddenPart(part, maxDepth - 1, field);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a text can be stored in Postgres: no NUL character, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Whether a JSON value can be stored in Postgres as it is: each key and text, and each number (1e400 becomes Infinity when
 * it is parsed, which JSON would write as null). The value's depth must be bounded already.
 */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => isStorable(key) && isStorableJson(part));
}

/**
 * Whether the JSON text of a value certainly has more than `maxBytes`: the walk stops there, so its time is bounded by
 * the limit and not by the value. If false, the text may still be longer.
 */
export function isLongerThan(value: unknown, maxBytes: number): boolean {
  let left = maxBytes;
  const walk = (part: unknown): void => {
    // The minimum for a value: quotes or brackets, or a digit and a comma.
    left -= 2;
    if (typeof part === 'string') left -= part.length;
    if (typeof part !== 'object' || part === null) return;
    for (const key in part) {
      if (left < -1) return;
      if (!Array.isArray(part)) left -= key.length + 3;
      walk((part as Record<string, unknown>)[key]);
    }
  };
  walk(value);
  // The last value has no comma.
  return left < -1;
}
