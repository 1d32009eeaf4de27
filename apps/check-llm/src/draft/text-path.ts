import { keyOf, type Leaves } from './leaves.js';

/** Where the text of an answer is in its frames. */
export interface TextPath {
  path: string;
  isCumulative: boolean;
  /** The frames that have a piece of it. */
  rows: readonly Leaves[];
  text: string;
}

const textKeys =
  /^(text|content|delta|token|chunk|message|response|answer|reply|output|data|value|piece|words?|said|body|generated_text)$/;
const otherKeys =
  /(^|_)(id|uuid|time|timestamp|date|model|role|sender|type|event|kind|status|state|session|version|object|name)$/;

/** A string that identifies or dates something. */
const identifier = /^(?=.*\d)[\w:.+/=-]{12,}$/;

/**
 * The path whose values look most like an answer: long together, and another one in each frame.
 * @param prompt a value like this is only an echo
 */
export function textPathOf(rows: readonly Leaves[], prompt: string): TextPath | undefined {
  const paths = new Set(rows.flatMap((leaves) => [...leaves.keys()]));
  let best: (TextPath & { score: number }) | undefined;
  for (const path of paths) {
    const key = keyOf(path);
    if (otherKeys.test(key)) continue;
    const having = rows.filter((leaves) => typeof leaves.get(path) === 'string' && leaves.get(path) !== '');
    const values = having.map((leaves) => leaves.get(path) as string);
    if (values.length === 0 || values.every((value) => value === prompt || identifier.test(value))) continue;
    if (values.length > 2 && new Set(values).size === 1) continue;
    const isCumulative = grows(values);
    const text = isCumulative ? values.at(-1)! : values.join('');
    const score = text.length * (values.length > 1 ? 1.5 : 1) * (textKeys.test(key) ? 1.3 : 1);
    if (best === undefined || score > best.score) best = { path, isCumulative, rows: having, text, score };
  }
  return best;
}

/** Is each the beginning of the next one? */
function grows(values: readonly string[]): boolean {
  if (values.length < 2) return false;
  return (
    values.every((value, index) => index === 0 || value.startsWith(values[index - 1]!)) &&
    values[0] !== values.at(-1)
  );
}
