/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key has a special meaning for JavaScript objects, so that it is never read or stored. */
export function isForbiddenKey(key: string): boolean {
  return forbiddenKeys.has(key);
}

/** The value if it is a string. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Largest token count that is accepted from a server: the maximum of a 32-bit column. */
export const maxCount = 2 ** 31 - 1;

/** A count from a server, at most {@link maxCount}; undefined for anything but an integer from 0. */
export function asCount(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, maxCount) : undefined;
}
