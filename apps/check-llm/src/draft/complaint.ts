import { type ErrorRule } from '#llm';
import { keyOf, rowOf, type Leaves } from './leaves.js';
import { isWord, kindOf } from './marks.js';
import { type RawExchange } from './exchange.js';

const errorKeys =
  /^(is_?)?(error|errors|err|exception|fault|failure|traceback|detail)(_?(message|code|msg))?$/;
const errorWords =
  /^(.*[._:-])?(error|err|fail(ed|ure)?|invalid|exception|fault|rejected|refused|denied|bad|oops|unknown|not_?ok|nack)([._:-].*)?$/i;
const errorText =
  /\b(error|invalid|unknown|missing|required|unsupported|expected|cannot|could not|must|not valid|malformed|parse|decode|fail)/i;

/** Is what came back a complaint about what was sent, and no answer? */
export function isComplaint({ heard, closeCode }: Pick<RawExchange, 'heard' | 'closeCode'>): boolean {
  const rows = heard.map(rowOf);
  if (rows.some(({ leaves }) => leaves !== undefined && complains(leaves))) return true;
  const [only] = heard;
  if (heard.length === 0) return closeCode !== undefined;
  return heard.length === 1 && only !== undefined && only.length < 400 && errorText.test(only);
}

function isErrorWord(kind: Record<string, unknown>): boolean {
  const [word] = Object.values(kind);
  return typeof word === 'string' && errorWords.test(word);
}

function complains(leaves: Leaves): boolean {
  for (const [path, value] of leaves) {
    if (path.split('.').some((key) => errorKeys.test(key.toLowerCase())) && Boolean(value)) return true;
    if ((path === 'ok' || path === 'success') && value === false) return true;
    const kind = kindOf(leaves);
    if (kind !== undefined && isErrorWord(kind)) return true;
  }
  return false;
}

/** The rule by which such a complaint is an error; undefined if it is none of JSON. */
export function errorRuleOf(complaint: string): ErrorRule | undefined {
  const { leaves } = rowOf(complaint);
  if (leaves === undefined) return undefined;
  const when = errorWhen(leaves);
  if (when === undefined) return undefined;
  const texts = [...leaves].filter(([path, value]) => typeof value === 'string' && when[path] !== value);
  const message = texts.toSorted(([, a], [, b]) => (b as string).length - (a as string).length)[0]?.[0];
  const code =
    texts.find(([path, value]) => path !== message && isWord(value))?.[0] ??
    [...leaves].find(([path, value]) => typeof value === 'number' && /code|status/.test(keyOf(path)))?.[0] ??
    // One word alone is a code rather than a message.
    (message !== undefined && isWord(leaves.get(message)) ? message : undefined);
  return {
    when,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined || message === code ? {} : { message }),
  };
}

function errorWhen(leaves: Leaves): ErrorRule['when'] | undefined {
  const kind = kindOf(leaves);
  if (kind !== undefined && isErrorWord(kind)) return kind;
  for (const [path, value] of leaves) {
    if (errorKeys.test(path.split('.')[0]!.toLowerCase()) && Boolean(value))
      return { [path.split('.')[0]!]: { truthy: true } };
    if ((path === 'ok' || path === 'success') && value === false) return { [path]: false };
  }
  return kind;
}

/** Words between quotes in what a server complains of: names of what it misses. */
export function namesMissed({ heard, closeReason }: Pick<RawExchange, 'heard' | 'closeReason'>): string[] {
  const names = [...heard, closeReason].flatMap((text) => {
    // Quotes of JSON itself come around whole texts; within a text they are of another kind, or escaped.
    const inner = rowOf(text).leaves;
    const texts =
      inner === undefined ? [text] : [...inner.values()].filter((value) => typeof value === 'string');
    return texts.flatMap((said) => [
      ...[...said.matchAll(/['"`‘“]([A-Za-z_][\w-]{0,31})['"`’”]/g)].map(([, name]) => name!),
      ...[
        ...said.matchAll(
          /\b(?:missing|required|no|needs?|expected|without)(?: the)?(?: (?:field|key|property|parameter|argument))?:? ([a-z_][\w-]{0,31})\b/gi,
        ),
      ].map(([, name]) => name!),
      ...[...said.matchAll(/^([A-Za-z_][\w-]{0,31}) (?:is|was) (?:missing|required)/gi)].map(
        ([, name]) => name!,
      ),
    ]);
  });
  const noNames = new Set([
    'a',
    'an',
    'the',
    'field',
    'key',
    'property',
    'json',
    'object',
    'string',
    'value',
    'str',
    'is',
  ]);
  return [...new Set(names)].filter((name) => !noNames.has(name.toLowerCase()));
}
