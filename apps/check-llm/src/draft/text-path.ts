import { counts } from '../judge/recognize.js';
import { discriminatorsOf } from './conditions.js';
import { keyOf, type Leaves } from './leaves.js';

/** The path of the answer text in its frames. */
export interface TextPath {
  path: string;
  /** Whether each frame contains the whole text so far. */
  isCumulative: boolean;
  /** The frames that contain a piece. */
  frames: readonly Leaves[];
  /** The whole text. */
  text: string;
}

const textKeys =
  /^(text|content|delta|token|chunk|message|response|answer|reply|output|data|value|piece|words?|said|body|generated_text)$/;
const otherKeys =
  /(^|_)(id|uuid|time|timestamp|date|model|role|sender|type|event|kind|status|state|session|version|object|name)$/;

/** An id or a date: no spaces, and at least one digit. */
const identifier = /^(?=.*\d)[\w:.+/=-]{12,}$/;

/** How much more likely a text is the answer if it counts, as the question asks. */
const countingBonus = 20;

/**
 * The path whose values look most like an answer: they count, as the question asks; they are long in total, and different
 * in each frame. Frames of different types are looked at separately, so that the words of a status are no part of it.
 * @param prompt the question; values equal to it are echoes
 * @param except paths that repeat the question
 */
export function textPathOf(
  frames: readonly Leaves[],
  prompt: string,
  except: ReadonlySet<string> = new Set(),
): TextPath | undefined {
  const paths = new Set(frames.flatMap((leaves) => [...leaves.keys()]));
  const groups = groupsByType(frames);
  let best: (TextPath & { score: number }) | undefined;
  for (const group of groups) {
    for (const path of paths) {
      if (otherKeys.test(keyOf(path)) || except.has(path)) continue;
      const found = textAt(path, group, prompt);
      // All frames together are only taken if they are clearly better than those of one type.
      const score = found === undefined ? 0 : found.score * (group === frames && groups.length > 1 ? 0.5 : 1);
      if (found !== undefined && score > (best?.score ?? 0)) best = { ...found, score };
    }
  }
  return best;
}

/** The frames of each type, and all of them. */
function groupsByType(frames: readonly Leaves[]): (readonly Leaves[])[] {
  const types = discriminatorsOf(frames);
  const groups = Map.groupBy(frames, (leaves) =>
    JSON.stringify(types.map((path) => leaves.get(path) ?? null)),
  );
  return groups.size > 1 ? [...groups.values(), frames] : [frames];
}

function textAt(
  path: string,
  frames: readonly Leaves[],
  prompt: string,
): (TextPath & { score: number }) | undefined {
  const withText = frames.filter((leaves) => typeof leaves.get(path) === 'string' && leaves.get(path) !== '');
  const values = withText.map((leaves) => leaves.get(path) as string);
  if (values.length === 0 || values.every((value) => value === prompt || identifier.test(value)))
    return undefined;
  if (values.length > 2 && new Set(values).size === 1) return undefined;
  const isCumulative = isGrowing(values);
  const text = isCumulative ? values.at(-1)! : values.join('');
  const score =
    text.length *
    (values.length > 1 ? 1.5 : 1) *
    (textKeys.test(keyOf(path)) ? 1.3 : 1) *
    (counts(text) ? countingBonus : 1);
  return { path, isCumulative, frames: withText, text, score };
}

/** Whether each value is a prefix of the next one. */
function isGrowing(values: readonly string[]): boolean {
  if (values.length < 2) return false;
  return (
    values.every((value, index) => index === 0 || value.startsWith(values[index - 1]!)) &&
    values[0] !== values.at(-1)
  );
}
