import { type DeltaRule, type EndRule, type ErrorRule, type ProtocolDescription, type When } from '#llm';
import { errorRuleOf } from './error-responses.js';
import { type RawExchange } from './raw-exchange.js';
import { factPaths } from './fact-paths.js';
import { parseFrame, type Leaves } from './leaves.js';
import { typeCondition, distinguishingCondition } from './conditions.js';
import { textPathOf, type TextPath } from './text-path.js';

/** A drafted description, or the reason why none could be drafted. */
export type Inference = { description: ProtocolDescription } | { reason: string };

/** A bare text that marks the end of an answer, such as `[DONE]`. */
const endMark = /^[[<({_#|/-]*\s*(done|end|eos|eot|stop|finished|complete(d)?)\s*[\])}>_#|/-]*$/i;

/** The most common form of errors, for servers that have not sent one. */
const commonError: ErrorRule = {
  when: { error: { truthy: true } },
  code: ['error.code', 'code', 'error_code'],
  message: ['error.message', 'message', 'error'],
};

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
  const { received, prompt, request, greeting, closeCode } = exchange;
  const frames = received.map(parseFrame);
  const objects = frames.flatMap(({ leaves }) => leaves ?? []);
  const texts = frames.flatMap(({ text }) => text ?? []);
  const echoes = objects.filter((leaves) => [...leaves.values()].includes(prompt));
  const others = objects.filter((leaves) => !echoes.includes(leaves));
  const answer = texts.length > 0 ? rulesOfBareText(received, texts, others) : rulesOfObjects(others, prompt);
  if (answer === undefined) return { reason: 'no frame contains a text that looks like an answer' };
  if (answer.end === undefined && closeCode === undefined) {
    return {
      reason:
        'nothing marks the end of an answer: no frame differs from the pieces, and the connection stays open',
    };
  }
  const ignore = echoes.length === 0 ? undefined : distinguishingCondition(echoes, others, new Set());
  const handshake = handshakeOf(greeting);
  const idPath = correlationOf(objects, exchange.id);
  const error = errorFrames
    .map(errorRuleOf)
    .find((rule) => rule !== undefined && !matchesAnswer(rule.when, answer));
  return {
    description: {
      name,
      ...(handshake === undefined ? {} : { handshake }),
      ...(texts.length === 0 ? {} : { frames: objects.length === 0 ? 'text' : 'mixed' }),
      request: { send: idPath === undefined ? withoutRequestId(request) : request },
      ...(idPath === undefined ? {} : { correlation: { request: idPath } }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(texts.length > 0 && objects.length === 0 ? {} : { error: error ?? commonError }),
      ...(answer.end === undefined ? {} : { end: answer.end }),
      ...(answer.delta === undefined ? {} : { delta: answer.delta }),
      ...factPaths(others),
      ...(answer.end === undefined ? { close: { ends: [closeCode!] } } : {}),
      ...(closeCode === undefined ? {} : { connection: { reuse: 'answer' } }),
    },
  };
}

/** The rules for pieces and end of an answer. */
interface AnswerRules {
  delta?: DeltaRule;
  end?: EndRule;
}

/** Rules for an answer whose pieces are bare texts, possibly among JSON frames. */
function rulesOfBareText(
  received: readonly string[],
  texts: readonly string[],
  objects: readonly Leaves[],
): AnswerRules {
  const last = received.at(-1)!;
  const lastLeaves = parseFrame(last).leaves;
  const delta: DeltaRule = { text: '$' };
  if (lastLeaves !== undefined) {
    const before = objects.filter((leaves) => !sameLeaves(leaves, lastLeaves));
    const when = distinguishingCondition([lastLeaves], before, new Set());
    return { delta, ...(when === undefined ? {} : { end: { when } }) };
  }
  if (texts.length > 1 && endMark.test(last)) return { delta, end: { when: { $: last } } };
  return texts.length === 1 ? { end: { when: { $: { present: true } }, text: '$' } } : { delta };
}

/** Rules for an answer in JSON objects: several pieces and an end, or one frame. */
function rulesOfObjects(frames: readonly Leaves[], prompt: string): AnswerRules | undefined {
  const found = textPathOf(frames, prompt);
  const last = frames.at(-1);
  if (found === undefined || last === undefined) return undefined;
  const { path } = found;
  if (found.frames.length === 1 && found.frames[0] === last) {
    const typeOfLast = typeCondition(last);
    const isInOtherFrames =
      typeOfLast !== undefined && frames.slice(0, -1).some((leaves) => leaves.has(path));
    return { end: { when: isInOtherFrames ? typeOfLast : { [path]: { present: true } }, text: path } };
  }
  const pieces = found.frames.filter((leaves) => leaves !== last);
  const end = endOf(found, pieces, last, frames);
  const nonPieces = frames.filter((leaves) => !pieces.includes(leaves));
  const when = distinguishingCondition(pieces, nonPieces, new Set([path]));
  const delta: DeltaRule = {
    ...(when === undefined ? {} : { when }),
    text: path,
    ...(found.isCumulative ? { mode: 'cumulative' as const } : {}),
  };
  return { delta, ...(end === undefined ? {} : { end }) };
}

function endOf(
  found: TextPath,
  pieces: readonly Leaves[],
  last: Leaves,
  frames: readonly Leaves[],
): EndRule | undefined {
  const before = frames.filter((leaves) => leaves !== last);
  const when = distinguishingCondition([last], before, new Set([found.path]));
  if (when === undefined) return undefined;
  const joined = found.isCumulative
    ? String(pieces.at(-1)?.get(found.path) ?? '')
    : pieces.map((leaves) => leaves.get(found.path)).join('');
  const whole = [...last].find(
    ([, value]) => typeof value === 'string' && value !== '' && value.trim() === joined.trim(),
  );
  if (whole !== undefined) return { when, text: whole[0] };
  const lastText = last.get(found.path);
  if (typeof lastText !== 'string' || lastText === '') return { when };
  return found.isCumulative ? { when, text: found.path } : { when, piece: found.path };
}

/** Handshake steps that expect the frames before the first request, as far as they have a type. */
function handshakeOf(greeting: readonly string[]): ProtocolDescription['handshake'] {
  const steps = greeting.flatMap((frame) => {
    const { leaves } = parseFrame(frame);
    const expect = leaves && typeCondition(leaves);
    return expect === undefined ? [] : [{ expect }];
  });
  return steps.length === 0 ? undefined : steps;
}

/** The path at which every frame repeats the request id. */
function correlationOf(frames: readonly Leaves[], id: string): string | undefined {
  const [first] = frames;
  const paths =
    first === undefined ? [] : [...first].flatMap(([path, value]) => (value === id ? [path] : []));
  return paths.find((path) => frames.every((leaves) => leaves.get(path) === id));
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

function sameLeaves(a: Leaves, b: Leaves): boolean {
  return a.size === b.size && [...a].every(([path, value]) => b.get(path) === value);
}
