import { isForbiddenKey } from '#llm';

/** The scalar values of a JSON frame, by their path in the notation of descriptions, such as `choices.0.text`. */
export type Leaves = ReadonlyMap<string, string | number | boolean | null>;

/** A frame that is a JSON object or list, or a bare text. */
export type ParsedFrame = { leaves: Leaves; text?: undefined } | { leaves?: undefined; text: string };

/** Deepest level and most values of a frame that are read. */
const maxDepth = 8;
const maxLeaves = 200;

/** Most values of a list whose places have a meaning, such as `["token", {"text":"Hel"}]`. */
const maxTuple = 6;

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
  if (Array.isArray(value) && isListOfSame(value)) return collectJoined(value as unknown[], parents, leaves);
  for (const [key, part] of Object.entries(value) as [string, unknown][]) {
    if (key === '' || isForbiddenKey(key) || key.includes('\\') || leaves.size >= maxLeaves) continue;
    // Of a long list only the first item: the text of an answer is rarely in another one.
    if (Array.isArray(value) && key !== '0' && value.length > maxTuple) continue;
    const path = [...parents, key.replaceAll('.', '\\.')];
    if (typeof part === 'object' && part !== null) collect(part, path, leaves);
    else leaves.set(path.join('.'), part as string | number | boolean | null);
  }
}

/** Whether a list has several objects with the same keys: pieces rather than a tuple. */
function isListOfSame(list: readonly unknown[]): boolean {
  const keys = list.map((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.keys(item).join() : undefined,
  );
  return list.length > 1 && keys.every((one) => one !== undefined && one === keys[0]);
}

/** The texts of all items, joined, at the path `*`; other values of the first item. */
function collectJoined(
  list: readonly unknown[],
  parents: readonly string[],
  leaves: Map<string, string | number | boolean | null>,
): void {
  for (const item of list) {
    const ofItem = new Map<string, string | number | boolean | null>();
    collect(item as object, [...parents, '*'], ofItem);
    for (const [path, value] of ofItem) {
      const before = leaves.get(path);
      if (typeof before === 'string' && typeof value === 'string') leaves.set(path, before + value);
      else if (before === undefined && leaves.size < maxLeaves) leaves.set(path, value);
    }
  }
}

/** The same frames with one path for lists that have one item in some frames and several in others: `*` for both. */
export function withCommonPaths(frames: readonly Leaves[]): Leaves[] {
  const joined = new Set(frames.flatMap((leaves) => [...leaves.keys()].filter((path) => path.includes('*'))));
  if (joined.size === 0) return [...frames];
  const common = (path: string): string => {
    const parts = path.split('.');
    const starred = parts.map((part, index) =>
      part === '0' && [...joined].some((other) => other.startsWith([...parts.slice(0, index), '*'].join('.')))
        ? '*'
        : part,
    );
    return starred.join('.');
  };
  return frames.map((leaves) => new Map([...leaves].map(([path, value]) => [common(path), value])));
}

/** The last key of a path, in lower case. */
export function keyOf(path: string): string {
  return (path.split(/(?<!\\)\./).at(-1) ?? path).toLowerCase();
}
