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

/** The beginning of an error that is sent as a bare text. */
const errorStart = /^\W{0,3}(error|exception|traceback|failed|failure|fatal)\b\W{0,2}/i;

/** Whether the response is an error about the request rather than an answer. */
export function isErrorResponse({
  received,
  closeCode,
}: Pick<RawExchange, 'received' | 'closeCode'>): boolean {
  if (received.some(isErrorFrame)) return true;
  const [only] = received;
  if (only === undefined) return closeCode !== undefined;
  return received.length === 1 && only.length < 400 && textsOf(only).some((text) => errorText.test(text));
}

/** Whether a frame is an error by its type or its keys or, as a bare text, by its first word. */
export function isErrorFrame(frame: string): boolean {
  const { leaves, text } = parseFrame(frame);
  return leaves === undefined ? errorStart.test(text) : looksLikeError(leaves);
}

/** The texts in a frame, without its keys. */
function textsOf(frame: string): string[] {
  const { leaves, text } = parseFrame(frame);
  if (leaves === undefined) return [text];
  return [...leaves.values()].filter((value) => typeof value === 'string');
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

/**
 * An error rule that matches an error frame; undefined if it has no distinctive value.
 * @param readsText whether frames may be bare texts
 */
export function errorRuleOf(frame: string, readsText = false): ErrorRule | undefined {
  const { leaves, text } = parseFrame(frame);
  if (leaves === undefined) {
    const start = readsText ? errorStart.exec(text)?.[0].trimEnd() : undefined;
    return start === undefined ? undefined : { when: { $: { starts_with: start } }, message: '$' };
  }
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
