import { type ErrorRule } from '#llm';
import { keyOf, parseFrame, type Leaves } from './leaves.js';
import { isWord, typeCondition } from './conditions.js';
import { type RawExchange } from './raw-exchange.js';

const errorKeys =
  /^(is_?)?(error|errors|err|exception|fault|failure|traceback|detail)(_?(message|code|msg))?$/;
const errorWords =
  /^(.*[._:-])?(error|err|fail(ed|ure)?|invalid|exception|fault|rejected|refused|denied|bad|oops|unknown|not_?ok|nack)([._:-].*)?$/i;
const errorText =
  /\b(error|invalid|unknown|missing|required|unsupported|expected|cannot|could not|must|not valid|malformed|parse|decode|fail)/i;

/** Whether the response is an error about the request rather than an answer. */
export function isErrorResponse({
  received,
  closeCode,
}: Pick<RawExchange, 'received' | 'closeCode'>): boolean {
  const frames = received.map(parseFrame);
  if (frames.some(({ leaves }) => leaves !== undefined && looksLikeError(leaves))) return true;
  const [only] = received;
  if (received.length === 0) return closeCode !== undefined;
  return received.length === 1 && only !== undefined && only.length < 400 && errorText.test(only);
}

function isErrorType(type: Record<string, unknown>): boolean {
  const [word] = Object.values(type);
  return typeof word === 'string' && errorWords.test(word);
}

function looksLikeError(leaves: Leaves): boolean {
  for (const [path, value] of leaves) {
    if (path.split('.').some((key) => errorKeys.test(key.toLowerCase())) && Boolean(value)) return true;
    if ((path === 'ok' || path === 'success') && value === false) return true;
    const type = typeCondition(leaves);
    if (type !== undefined && isErrorType(type)) return true;
  }
  return false;
}

/** An error rule that matches an error frame; undefined if the frame is not JSON or has no distinctive value. */
export function errorRuleOf(frame: string): ErrorRule | undefined {
  const { leaves } = parseFrame(frame);
  if (leaves === undefined) return undefined;
  const when = errorWhen(leaves);
  if (when === undefined) return undefined;
  const texts = [...leaves].filter(([path, value]) => typeof value === 'string' && when[path] !== value);
  const message = texts.toSorted(([, a], [, b]) => (b as string).length - (a as string).length)[0]?.[0];
  const code =
    texts.find(([path, value]) => path !== message && isWord(value))?.[0] ??
    [...leaves].find(([path, value]) => typeof value === 'number' && /code|status/.test(keyOf(path)))?.[0] ??
    // A single word is a code rather than a message.
    (message !== undefined && isWord(leaves.get(message)) ? message : undefined);
  return {
    when,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined || message === code ? {} : { message }),
  };
}

function errorWhen(leaves: Leaves): ErrorRule['when'] | undefined {
  const type = typeCondition(leaves);
  if (type !== undefined && isErrorType(type)) return type;
  for (const [path, value] of leaves) {
    if (errorKeys.test(path.split('.')[0]!.toLowerCase()) && Boolean(value))
      return { [path.split('.')[0]!]: { truthy: true } };
    if ((path === 'ok' || path === 'success') && value === false) return { [path]: false };
  }
  return type;
}

/** Names of fields that a server reports as missing: quoted words, and words after `missing` and the like. */
export function missingFieldNames({
  received,
  closeReason,
}: Pick<RawExchange, 'received' | 'closeReason'>): string[] {
  const names = [...received, closeReason].flatMap((text) => {
    // Only quotes inside the values count, not those of the JSON syntax.
    const leaves = parseFrame(text).leaves;
    const texts =
      leaves === undefined ? [text] : [...leaves.values()].filter((value) => typeof value === 'string');
    return texts.flatMap((message) => [
      ...[...message.matchAll(/['"`‘“]([A-Za-z_][\w-]{0,31})['"`’”]/g)].map(([, name]) => name!),
      ...[
        ...message.matchAll(
          /\b(?:missing|required|no|needs?|expected|without)(?: the)?(?: (?:field|key|property|parameter|argument))?:? ([a-z_][\w-]{0,31})\b/gi,
        ),
      ].map(([, name]) => name!),
      ...[...message.matchAll(/^([A-Za-z_][\w-]{0,31}) (?:is|was) (?:missing|required)/gi)].map(
        ([, name]) => name!,
      ),
    ]);
  });
  const notNames = new Set([
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
  return [...new Set(names)].filter((name) => !notNames.has(name.toLowerCase()));
}
