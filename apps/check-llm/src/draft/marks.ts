import { type Matcher, type When } from '#llm';
import { keyOf, type Leaves } from './leaves.js';

/** Keys that usually say what kind of frame it is, the likeliest first. */
const kindKeys = [
  'type', 'event', 'kind', 'msg_type', 'message_type', 'op', 'action', 'method', 'cmd', 'status', 'state', 'phase', 'flag', 'msg', 'object',
  'done', 'end', 'final', 'is_final', 'finished', 'is_finished', 'complete', 'completed', 'last', 'stop', 'eos', 'is_end',
]; // prettier-ignore

/** A word that names a kind, not a text of its own. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_][\w.:/-]{0,39}$/.test(value);
}

/** What tells `these` frames from `others`: a value that all of them and none of the others have. */
export function markOf(
  these: readonly Leaves[],
  others: readonly Leaves[],
  except: ReadonlySet<string>,
): When | undefined {
  const [first] = these;
  if (first === undefined) return undefined;
  const marks = [...first].flatMap(([path, value]) => {
    if (except.has(path) || !these.every((leaves) => leaves.get(path) === value)) return [];
    if (others.some((leaves) => leaves.get(path) === value)) return [];
    const rank = rankOf(path, value, others);
    return rank === undefined ? [] : [{ path, value, rank }];
  });
  const [best] = marks.toSorted((a, b) => a.rank - b.rank);
  if (best !== undefined) return { [best.path]: best.value };
  const only = [...first.keys()].find(
    (path) => these.every((leaves) => leaves.has(path)) && !others.some((leaves) => leaves.has(path)),
  );
  return only === undefined || others.length === 0
    ? undefined
    : { [only]: { present: true } satisfies Matcher };
}

/** The lower, the likelier it is that this value marks a frame; undefined if it hardly does. */
function rankOf(path: string, value: unknown, others: readonly Leaves[]): number | undefined {
  const known = kindKeys.indexOf(keyOf(path));
  const isElsewhere = others.some((leaves) => leaves.has(path));
  if (isWord(value)) return known >= 0 ? known : isElsewhere ? 100 : undefined;
  if (value === true) return known >= 0 ? known : 110;
  if (typeof value === 'number' && isElsewhere && known >= 0) return 50 + known;
  return undefined;
}

/** The path of the word that says what kind of frame it is, in a frame that stands alone. */
export function kindOf(leaves: Leaves): When | undefined {
  for (const key of kindKeys) {
    for (const [path, value] of leaves) if (keyOf(path) === key && isWord(value)) return { [path]: value };
  }
  return undefined;
}
