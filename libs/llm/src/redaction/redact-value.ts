/** Levels of a value that are visited; deeper values become null. */
const maxDepth = 32;

/** Parts of a value, including keys, that are visited; all later ones become null. */
const maxParts = 10_000;

/**
 * A JSON value with every key and string redacted; numbers and booleans are kept. A number that matches a secret
 * becomes the redacted string. Returns the value itself if nothing was redacted. Visits at most 10,000 parts and 32
 * levels.
 */
export function redactValue(value: unknown, redact: (text: string) => string): unknown {
  let parts = 0;
  const redacted = (part: unknown, depth: number): unknown => {
    parts += 1;
    if (parts > maxParts) return null;
    if (typeof part === 'string') return redact(part);
    if (typeof part === 'number') {
      const text = String(part);
      return redact(text) === text ? part : redact(text);
    }
    if (typeof part !== 'object' || part === null) return part;
    if (depth === 0) return null;
    return Array.isArray(part) ? redactedList(part, depth - 1) : redactedObject(part, depth - 1);
  };
  const redactedList = (list: readonly unknown[], depth: number): unknown => {
    const all = list.map((part) => redacted(part, depth));
    return all.every((part, index) => part === list[index]) ? list : all;
  };
  const redactedObject = (object: object, depth: number): unknown => {
    let isChanged = false;
    const entries: [string, unknown][] = [];
    for (const [key, part] of Object.entries(object) as [string, unknown][]) {
      const entry: [string, unknown] = [redact(key), redacted(part, depth)];
      isChanged ||= entry[0] !== key || entry[1] !== part;
      entries.push(entry);
      if (parts > maxParts) return Object.fromEntries(entries);
    }
    return isChanged ? Object.fromEntries(entries) : object;
  };
  return redacted(value, maxDepth);
}
