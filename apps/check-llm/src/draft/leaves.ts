/** A value without parts, by its path in a frame as descriptions write it. */
export type Leaves = ReadonlyMap<string, string | number | boolean | null>;

/** A frame that is JSON with parts, or a bare text. */
export type Row = { leaves: Leaves; text?: undefined } | { leaves?: undefined; text: string };

const maxDepth = 8;
const maxLeaves = 200;

/** Keys that no path may have in it. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype', '']);

export function rowOf(frame: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { text: frame };
  }
  if (typeof value !== 'object' || value === null) return { text: frame };
  const leaves = new Map<string, string | number | boolean | null>();
  collect(value, [], leaves);
  return { leaves };
}

function collect(
  value: object,
  above: readonly string[],
  leaves: Map<string, string | number | boolean | null>,
): void {
  if (above.length >= maxDepth) return;
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    if (forbidden.has(key) || key.includes('\\') || leaves.size >= maxLeaves) continue;
    // Of a list the first part alone: an answer's text is hardly ever in another one.
    if (Array.isArray(value) && key !== '0') continue;
    const path = [...above, key.replaceAll('.', '\\.')];
    if (typeof part === 'object' && part !== null) collect(part, path, leaves);
    else leaves.set(path.join('.'), part as string | number | boolean | null);
  }
}

/** The last key of a path, in lower case. */
export function keyOf(path: string): string {
  return (path.split(/(?<!\\)\./).at(-1) ?? path).toLowerCase();
}
