import { type Matcher, type When } from '#llm';
import { keyOf, type Leaves } from './leaves.js';

/** Keys that usually contain the type of a frame, the most likely first. */
const typeKeys = [
  'type', 'event', 'kind', 'msg_type', 'message_type', 'op', 'action', 'method', 'cmd', 'status', 'state', 'phase', 'flag', 'msg', 'object',
  'done', 'end', 'final', 'is_final', 'finished', 'is_finished', 'complete', 'completed', 'last', 'stop', 'eos', 'is_end',
]; // prettier-ignore

/** Whether a value is an identifier-like word, such as the name of a type, and not a sentence. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_][\w.:/-]{0,39}$/.test(value);
}

/**
 * A condition that matches all of `these` frames and none of the `others`: a value that only they have, else a path that
 * only they have. Undefined if there is none.
 * @param except paths that the condition must not use
 */
export function distinguishingCondition(
  these: readonly Leaves[],
  others: readonly Leaves[],
  except: ReadonlySet<string>,
): When | undefined {
  const [first] = these;
  if (first === undefined) return undefined;
  const candidates = [...first].flatMap(([path, value]) => {
    if (except.has(path) || !these.every((leaves) => leaves.get(path) === value)) return [];
    if (others.some((leaves) => leaves.get(path) === value)) return [];
    const rank = rankOf(path, value, others);
    return rank === undefined ? [] : [{ path, value, rank }];
  });
  const [best] = candidates.toSorted((a, b) => a.rank - b.rank);
  if (best !== undefined) return { [best.path]: best.value };
  const only = [...first.keys()].find(
    (path) =>
      !except.has(path) &&
      these.every((leaves) => leaves.has(path)) &&
      !others.some((leaves) => leaves.has(path)),
  );
  if (others.length === 0) return undefined;
  return only === undefined ? pairOf(these, others, except) : { [only]: { present: true } satisfies Matcher };
}

/** Two values that only `these` frames have together. */
function pairOf(
  these: readonly Leaves[],
  others: readonly Leaves[],
  except: ReadonlySet<string>,
): When | undefined {
  const [first] = these;
  const common = discriminatorsOf([...these, ...others]).filter(
    (path) =>
      !except.has(path) &&
      first?.has(path) === true &&
      these.every((leaves) => leaves.get(path) === first.get(path)),
  );
  for (const [index, a] of common.entries()) {
    for (const b of common.slice(index + 1)) {
      const isElsewhere = others.some((leaves) =>
        [a, b].every((path) => leaves.get(path) === first!.get(path)),
      );
      if (!isElsewhere) return { [a]: first!.get(a)!, [b]: first!.get(b)! };
    }
  }
  return undefined;
}

/** Keys whose words say who or what a frame is. */
const discriminatorKeys =
  /(^|_)(type|event|kind|role|sender|from|author|source|op|action|method|msg|status|state|phase|flag)$/;

/** Most values that such a key has in one answer. */
const maxTypes = 12;

/** The paths whose words divide frames into types, the most likely first. The first item of a list is one. */
export function discriminatorsOf(frames: readonly Leaves[]): string[] {
  const paths = [...new Set(frames.flatMap((leaves) => [...leaves.keys()]))];
  const isDiscriminator = (path: string): boolean => {
    const values = frames.flatMap((leaves) => leaves.get(path) ?? []);
    const words = new Set(values);
    return (
      (discriminatorKeys.test(keyOf(path)) || typeKeys.includes(keyOf(path)) || path === '0') &&
      values.every(isWord) &&
      words.size <= maxTypes &&
      // In an answer of words, each frame has another one.
      (words.size < Math.max(3, values.length) || words.size === 1)
    );
  };
  return paths.filter(isDiscriminator).toSorted((a, b) => likelihood(a) - likelihood(b));
}

function likelihood(path: string): number {
  const position = typeKeys.indexOf(keyOf(path));
  return position < 0 ? typeKeys.length : position;
}

/** How likely a value identifies the type of a frame: lower is more likely; undefined: unlikely. */
function rankOf(path: string, value: unknown, others: readonly Leaves[]): number | undefined {
  const position = typeKeys.indexOf(keyOf(path));
  const isElsewhere = others.some((leaves) => leaves.has(path));
  if (isWord(value)) return position >= 0 ? position : isElsewhere ? 100 : undefined;
  if (value === true) return position >= 0 ? position : 110;
  if (typeof value === 'number' && isElsewhere && position >= 0) return 50 + position;
  return undefined;
}

/** A condition for the type of a single frame: the most likely type key with its value. */
export function typeCondition(leaves: Leaves): When | undefined {
  const name = leaves.get('0');
  if (isWord(name)) return { 0: name };
  for (const key of typeKeys) {
    for (const [path, value] of leaves) if (keyOf(path) === key && isWord(value)) return { [path]: value };
  }
  return undefined;
}
