import { type DeltaRule, type EndRule, type ErrorRule, type ProtocolDescription, type When } from '#llm';
import { errorRuleOf } from './complaint.js';
import { type RawExchange } from './exchange.js';
import { factsOf } from './facts-of.js';
import { rowOf, type Leaves } from './leaves.js';
import { kindOf, markOf } from './marks.js';
import { textPathOf, type TextPath } from './text-path.js';

/** What was made of the frames; without an answer in it, why not. */
export type Inference = { description: ProtocolDescription } | { lacks: string };

const endMark = /^[[<({_#|/-]*\s*(done|end|eos|eot|stop|finished|complete(d)?)\s*[\])}>_#|/-]*$/i;

/** Where errors usually are: no server has shown one, and it costs nothing to look. */
const usualError: ErrorRule = {
  when: { error: { truthy: true } },
  code: ['error.code', 'code', 'error_code'],
  message: ['error.message', 'message', 'error'],
};

/**
 * Drafts a description from one answer in unknown frames.
 * @param complaints frames of the server about what it could not understand
 */
export function infer(exchange: RawExchange, complaints: readonly string[], name = 'drafted'): Inference {
  const { heard, prompt, request, greeting, closeCode } = exchange;
  const rows = heard.map(rowOf);
  const objects = rows.flatMap(({ leaves }) => leaves ?? []);
  const texts = rows.flatMap(({ text }) => text ?? []);
  const echoes = objects.filter((leaves) => [...leaves.values()].includes(prompt));
  const others = objects.filter((leaves) => !echoes.includes(leaves));
  const answer = texts.length > 0 ? bareAnswer(heard, texts, others) : objectAnswer(others, prompt);
  if (answer === undefined) return { lacks: 'none of its frames has a text that looks like an answer' };
  if (answer.end === undefined && closeCode === undefined) {
    return {
      lacks: 'nothing tells where an answer ends: no frame differs from the pieces, and the connection stays',
    };
  }
  const ignore = echoes.length === 0 ? undefined : markOf(echoes, others, new Set());
  const handshake = handshakeOf(greeting);
  const isNamed = correlationOf(objects, exchange.id);
  const error = complaints
    .map(errorRuleOf)
    .find((rule) => rule !== undefined && !isPartOf(rule.when, answer));
  return {
    description: {
      name,
      ...(handshake === undefined ? {} : { handshake }),
      ...(texts.length === 0 ? {} : { frames: objects.length === 0 ? 'text' : 'mixed' }),
      request: { send: isNamed === undefined ? withoutId(request) : request },
      ...(isNamed === undefined ? {} : { correlation: { request: isNamed } }),
      ...(ignore === undefined ? {} : { ignore }),
      ...(texts.length > 0 && objects.length === 0 ? {} : { error: error ?? usualError }),
      ...(answer.end === undefined ? {} : { end: answer.end }),
      ...(answer.delta === undefined ? {} : { delta: answer.delta }),
      ...factsOf(others),
      ...(answer.end === undefined ? { close: { ends: [closeCode!] } } : {}),
      ...(closeCode === undefined ? {} : { connection: { reuse: 'answer' } }),
    },
  };
}

interface AnswerRules {
  delta?: DeltaRule;
  end?: EndRule;
}

/** Pieces that are bare texts, with or without frames of JSON around them. */
function bareAnswer(
  heard: readonly string[],
  texts: readonly string[],
  objects: readonly Leaves[],
): AnswerRules {
  const last = heard.at(-1)!;
  const lastRow = rowOf(last).leaves;
  const delta: DeltaRule = { text: '$' };
  if (lastRow !== undefined) {
    const before = objects.filter((leaves) => !sameLeaves(leaves, lastRow));
    const when = markOf([lastRow], before, new Set());
    return { delta, ...(when === undefined ? {} : { end: { when } }) };
  }
  if (texts.length > 1 && endMark.test(last)) return { delta, end: { when: { $: last } } };
  return texts.length === 1 ? { end: { when: { $: { present: true } }, text: '$' } } : { delta };
}

/** An answer in objects: of several pieces and an end, or of one frame. */
function objectAnswer(rows: readonly Leaves[], prompt: string): AnswerRules | undefined {
  const found = textPathOf(rows, prompt);
  const last = rows.at(-1);
  if (found === undefined || last === undefined) return undefined;
  const { path } = found;
  if (found.rows.length === 1 && found.rows[0] === last) {
    const kind = kindOf(last);
    const isShared = kind !== undefined && rows.slice(0, -1).some((leaves) => leaves.has(path));
    return { end: { when: isShared ? kind : { [path]: { present: true } }, text: path } };
  }
  const pieces = found.rows.filter((leaves) => leaves !== last);
  const end = endOf(found, pieces, last, rows);
  const nonPieces = rows.filter((leaves) => !pieces.includes(leaves));
  const when = markOf(pieces, nonPieces, new Set([path]));
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
  rows: readonly Leaves[],
): EndRule | undefined {
  const before = rows.filter((leaves) => leaves !== last);
  const when = markOf([last], before, new Set([found.path]));
  if (when === undefined) return undefined;
  const joined = found.isCumulative
    ? String(pieces.at(-1)?.get(found.path) ?? '')
    : pieces.map((leaves) => leaves.get(found.path)).join('');
  const whole = [...last].find(
    ([, value]) => typeof value === 'string' && value !== '' && value.trim() === joined.trim(),
  );
  if (whole !== undefined) return { when, text: whole[0] };
  const own = last.get(found.path);
  if (typeof own !== 'string' || own === '') return { when };
  return found.isCumulative ? { when, text: found.path } : { when, piece: found.path };
}

/** A frame that the server sends before it is asked, where it has a word that names it. */
function handshakeOf(greeting: readonly string[]): ProtocolDescription['handshake'] {
  const steps = greeting.flatMap((frame) => {
    const { leaves } = rowOf(frame);
    const kind = leaves && kindOf(leaves);
    return kind === undefined ? [] : [{ expect: kind }];
  });
  return steps.length === 0 ? undefined : steps;
}

/** The path at which every frame has the request's name. */
function correlationOf(rows: readonly Leaves[], id: string): string | undefined {
  const [first] = rows;
  const paths =
    first === undefined ? [] : [...first].flatMap(([path, value]) => (value === id ? [path] : []));
  return paths.find((path) => rows.every((leaves) => leaves.get(path) === id));
}

/** A name that the server does not repeat is for nobody; but it may be wanted. */
function withoutId(template: RawExchange['request']): RawExchange['request'] {
  return JSON.parse(
    JSON.stringify(template).replaceAll('{{id}}', '{{connection}}'),
  ) as RawExchange['request'];
}

/** Would pieces or the end of an answer be taken for that error? */
function isPartOf(when: When, { delta, end }: AnswerRules): boolean {
  const own = JSON.stringify(when);
  return [delta?.when, end?.when].some((other) => other !== undefined && JSON.stringify(other) === own);
}

function sameLeaves(a: Leaves, b: Leaves): boolean {
  return a.size === b.size && [...a].every(([path, value]) => b.get(path) === value);
}
