import { type ErrorRule, type HandshakeStep, type ProtocolDescription, type When } from '#llm';
import { rulesOfBareText, rulesOfObjects, withSilence, type AnswerRules } from './answer-rules.js';
import { discriminatorsOf, distinguishingCondition, typeCondition } from './conditions.js';
import { errorRuleOf } from './error-responses.js';
import { factPaths } from './fact-paths.js';
import { unreadableForm } from './frame-forms.js';
import { parseFrame, withCommonPaths, type Leaves } from './leaves.js';
import { separateQuestion } from './question-echoes.js';
import { type RawExchange } from './raw-exchange.js';

/** A drafted description, or the reason why none could be drafted. */
export type Inference = { description: ProtocolDescription } | { reason: string };

/** The most common form of errors, for servers that have not sent one. */
const commonError: ErrorRule = {
  when: { error: { truthy: true } },
  code: ['error.code', 'code', 'error_code'],
  message: ['error.message', 'message', 'error'],
};

/** The most common form of errors where frames have a type. */
function typedError(path: string): ErrorRule {
  if (path === '0')
    return { when: { 0: 'error' }, code: '1.code', message: ['1.message', '1.text', '1.error', '1'] };
  return {
    when: { [path]: 'error' },
    code: ['error.code', 'code', 'error_code'],
    message: ['error.message', 'message', 'text', 'content', 'detail', 'error'],
  };
}

/**
 * Drafts a description from one exchange in unknown frames. Pure.
 * @param errorFrames error frames that the server has sent on other connections
 * @param name the `name` of the description
 */
export function inferDescription(
  exchange: RawExchange,
  errorFrames: readonly string[],
  name = 'drafted',
): Inference {
  const { received, prompt, request, closeCode, framing, isNumericId } = exchange;
  const form = unreadableForm(received);
  if (form !== undefined) return { reason: form };
  const frames = received.map(parseFrame);
  const objects = withCommonPaths(frames.flatMap(({ leaves }) => leaves ?? []));
  const texts = frames.flatMap(({ text }) => text ?? []);
  const { echoes, others, questionPaths } = separateQuestion(objects, prompt);
  const found =
    texts.length > 0
      ? rulesOfBareText(received, texts, others)
      : rulesOfObjects(others, prompt, questionPaths);
  if (found === undefined) return { reason: 'no frame contains a text that looks like an answer' };
  const answer = closeCode === undefined ? withSilence(found) : found;
  const ignore = echoes.length === 0 ? undefined : distinguishingCondition(echoes, others, new Set());
  const handshake = handshakeOf(exchange);
  const idPath = correlationOf(objects, exchange.id);
  return {
    description: {
      name,
      ...(framing === undefined ? {} : { framing }),
      ...(handshake === undefined ? {} : { handshake }),
      ...(texts.length === 0 ? {} : { frames: objects.length === 0 ? 'text' : 'mixed' }),
      request: { send: idPath === undefined ? withoutRequestId(request) : request },
      ...(idPath === undefined
        ? {}
        : { correlation: { request: idPath, ...(isNumericId ? { ids: 'number' } : {}) } }),
      ...(ignore === undefined ? {} : { ignore }),
      ...errorsOf(errorFrames, answer, others, texts.length > 0),
      ...(answer.end === undefined ? {} : { end: answer.end }),
      ...(answer.delta === undefined ? {} : { delta: answer.delta }),
      ...factPaths(others),
      ...(answer.end === undefined ? { close: { ends: [closeCode!] } } : {}),
      ...connectionOf(exchange),
    },
  };
}

function connectionOf({ closeCode, isBinary }: RawExchange): Pick<ProtocolDescription, 'connection'> {
  if (closeCode === undefined && !isBinary) return {};
  return {
    connection: {
      ...(closeCode === undefined ? {} : { reuse: 'answer' as const }),
      ...(isBinary ? { binary: true } : {}),
    },
  };
}

/** The error rules: of frames that the server has sent, else the common ones. */
function errorsOf(
  errorFrames: readonly string[],
  answer: AnswerRules,
  frames: readonly Leaves[],
  isBareText: boolean,
): Pick<ProtocolDescription, 'error'> {
  const isFree = ({ when }: ErrorRule): boolean => !matchesAnswer(when, answer);
  const isUsable = (rule: ErrorRule | undefined): rule is ErrorRule => rule !== undefined && isFree(rule);
  const seen = errorFrames.map((frame) => errorRuleOf(frame, isBareText)).filter(isUsable);
  const different = seen.filter(
    ({ when }, index) =>
      seen.findIndex((other) => JSON.stringify(other.when) === JSON.stringify(when)) === index,
  );
  if (different.length > 0) return { error: different.length === 1 ? different[0]! : different };
  if (isBareText && frames.length === 0) return {};
  const types = discriminatorsOf(frames);
  const varies = (path: string): boolean => new Set(frames.map((leaves) => leaves.get(path))).size > 1;
  const type = types.find(varies) ?? types[0];
  const usual = [...(type === undefined ? [] : [typedError(type)]), commonError].filter(isFree);
  return { error: usual.length === 1 ? usual[0]! : usual };
}

/** Handshake steps: the frames of the opening, and those of the server around them, as far as they have a type or an id. */
function handshakeOf({ opening, greeting }: RawExchange): ProtocolDescription['handshake'] {
  const expected = (frames: readonly string[]): HandshakeStep[] =>
    frames.flatMap((frame) => {
      const { leaves } = parseFrame(frame);
      const expect =
        leaves && (typeCondition(leaves) ?? (opening.length > 0 ? idCondition(leaves) : undefined));
      return expect === undefined ? [] : [{ expect }];
    });
  const steps = [
    ...opening.flatMap(({ send, after }) => [...expected(after), { send }]),
    ...expected(greeting),
  ];
  return steps.length === 0 ? undefined : steps;
}

/** A response to a frame of the opening has its id, as in JSON-RPC. */
function idCondition(leaves: Leaves): When | undefined {
  const id = leaves.get('id');
  return id === undefined || id === null ? undefined : { id };
}

/** The path at which every frame repeats the request id. */
function correlationOf(frames: readonly Leaves[], id: string): string | undefined {
  const [first] = frames;
  const isId = (value: unknown): boolean =>
    value === id || (typeof value === 'number' && String(value) === id);
  const paths = first === undefined ? [] : [...first].flatMap(([path, value]) => (isId(value) ? [path] : []));
  return paths.find((path) => frames.every((leaves) => isId(leaves.get(path))));
}

/** The server may require a unique value although it does not repeat it: the connection id replaces the request id. */
function withoutRequestId(template: RawExchange['request']): RawExchange['request'] {
  return JSON.parse(
    JSON.stringify(template).replaceAll('{{id}}', '{{connection}}'),
  ) as RawExchange['request'];
}

/** Whether an error condition would also match pieces or the end of the answer. */
function matchesAnswer(when: When, { delta, end }: AnswerRules): boolean {
  const condition = JSON.stringify(when);
  return [delta?.when, end?.when].some((other) => other !== undefined && JSON.stringify(other) === condition);
}
