import { type FieldError } from '../responses/problem.js';

/** Keys with a special meaning for JavaScript objects. Nest would drop them silently. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key is forbidden, as it has a special meaning for JavaScript objects. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

/**
 * Finds the first object or array nested deeper than `maxDepth`, or the first forbidden key, of a JSON value. The recursion
 * is bounded by `maxDepth`.
 * @param path prefix of the field in the result
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

/** Whether PostgreSQL can store a string: no NUL character, no unpaired surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Whether PostgreSQL can store a JSON value unchanged: every key, string and number (1e400 is parsed as Infinity, which
 * JSON.stringify would write as null). The depth of the value must already be bounded.
 */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, part]) => isStorable(key) && isStorableJson(part));
}

/**
 * Whether the JSON text of a value is certainly longer than `maxBytes`; if false, it may still be longer. Stops at the
 * limit, so its time is bounded by the limit rather than by the value.
 */
export function isLongerThan(value: unknown, maxBytes: number): boolean {
  let left = maxBytes;
  const walk = (part: unknown): void => {
    // The minimum per value: quotes or brackets, or a digit and a comma.
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
