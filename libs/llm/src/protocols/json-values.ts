export type JsonObject = Readonly<Record<string, unknown>>;

/** Arrays and null are not objects here. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Largest token count that is taken from a server: what a 32-bit column holds. */
export const maxCount = 2 ** 31 - 1;

/** Counts come from outside: anything but a whole number from 0 on is no count, and one above {@link maxCount} is that. */
export function asCount(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, maxCount) : undefined;
}
