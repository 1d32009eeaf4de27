import { isForbiddenKey } from '#llm';

/** The scalar values of a JSON frame, by their path in the notation of descriptions, such as `choices.0.text`. */
export type Leaves = ReadonlyMap<string, string | number | boolean | null>;

/** A frame that is a JSON object or list, or a bare text. */
export type ParsedFrame = { leaves: Leaves; text?: undefined } | { leaves?: undefined; text: string };

/** Deepest level and most values of a frame that are read. */
const maxDepth = 8;
const maxLeaves = 200;

/** Parses a frame; one that is not a JSON object or list is a bare text. */
export function parseFrame(frame: string): ParsedFrame {
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
  parents: readonly string[],
  leaves: Map<string, string | number | boolean | null>,
): void {
  if (parents.length >= maxDepth) return;
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    if (key === '' || isForbiddenKey(key) || key.includes('\\') || leaves.size >= maxLeaves) continue;
    // Only the first item of a list: the text of an answer is rarely in another one.
    if (Array.isArray(value) && key !== '0') continue;
    const path = [...parents, key.replaceAll('.', '\\.')];
    if (typeof part === 'object' && part !== null) collect(part, path, leaves);
    else leaves.set(path.join('.'), part as string | number | boolean | null);
  }
}

/** The last key of a path, in lower case. */
export function keyOf(path: string): string {
  return (path.split(/(?<!\\)\./).at(-1) ?? path).toLowerCase();
}
