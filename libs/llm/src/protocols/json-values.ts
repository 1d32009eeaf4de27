export type JsonObject = Readonly<Record<string, unknown>>;

/** Arrays and null are not objects here. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Largest token count that is accepted from a server: the maximum of a 32-bit column. */
export const maxCount = 2 ** 31 - 1;

/** A count from a server: undefined for anything but a whole number from 0 on; at most {@link maxCount}. */
export function asCount(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, maxCount) : undefined;
}
