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

/**
 * The path whose values look most like an answer: long in total, and different in each frame.
 * @param prompt the question; values equal to it are echoes
 */
export function textPathOf(frames: readonly Leaves[], prompt: string): TextPath | undefined {
  const paths = new Set(frames.flatMap((leaves) => [...leaves.keys()]));
  let best: (TextPath & { score: number }) | undefined;
  for (const path of paths) {
    const key = keyOf(path);
    if (otherKeys.test(key)) continue;
    const withText = frames.filter(
      (leaves) => typeof leaves.get(path) === 'string' && leaves.get(path) !== '',
    );
    const values = withText.map((leaves) => leaves.get(path) as string);
    if (values.length === 0 || values.every((value) => value === prompt || identifier.test(value))) continue;
    if (values.length > 2 && new Set(values).size === 1) continue;
    const isCumulative = isGrowing(values);
    const text = isCumulative ? values.at(-1)! : values.join('');
    const score = text.length * (values.length > 1 ? 1.5 : 1) * (textKeys.test(key) ? 1.3 : 1);
    if (best === undefined || score > best.score)
      best = { path, isCumulative, frames: withText, text, score };
  }
  return best;
}

/** Whether each value is a prefix of the next one. */
function isGrowing(values: readonly string[]): boolean {
  if (values.length < 2) return false;
  return (
    values.every((value, index) => index === 0 || value.startsWith(values[index - 1]!)) &&
    values[0] !== values.at(-1)
  );
}
