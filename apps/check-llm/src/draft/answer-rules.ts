import { type DeltaRule, type EndRule, type When } from '#llm';
import { distinguishingCondition, typeCondition } from './conditions.js';
import { parseFrame, type Leaves } from './leaves.js';
import { textPathOf, type TextPath } from './text-path.js';

/** The rules for pieces and end of an answer. */
export interface AnswerRules {
  delta?: DeltaRule;
  end?: EndRule;
}

/** A bare text that marks the end of an answer, such as `[DONE]`. */
const endMark = /^[[<({_#|/-]*\s*(done|end|eos|eot|stop|finished|complete(d)?)\s*[\])}>_#|/-]*$/i;

/** Words of frames that end an answer, and of frames that a server sends at any time. */
const endWords =
  /(^|[^a-z])(end|ended|done|complete|completed|finish|finished|final|stop|stopped|over|full|eos|settled|close|closed)($|[^a-z])/i;
const noticeWords =
  /(^|[^a-z])(ping|pong|heartbeat|keep_?alive|ka|status|presence|idle|usage|stats|metrics)($|[^a-z])/i;

/** Seconds without a further piece that end the answer of a server that marks no end. */
const silenceSeconds = 2;

/** Rules for an answer whose pieces are bare texts, possibly among JSON frames. */
export function rulesOfBareText(
  received: readonly string[],
  texts: readonly string[],
  objects: readonly Leaves[],
): AnswerRules {
  const last = received.at(-1)!;
  const lastLeaves = parseFrame(last).leaves;
  const delta: DeltaRule = { text: '$' };
  if (lastLeaves !== undefined && !isNotice(lastLeaves)) {
    const before = objects.filter((leaves) => !sameLeaves(leaves, lastLeaves));
    const when = distinguishingCondition([lastLeaves], before, new Set());
    if (when !== undefined) return { delta, end: { when } };
  }
  const lastText = texts.at(-1)!;
  if (texts.length > 1 && endMark.test(lastText)) return { delta, end: { when: { $: lastText } } };
  return texts.length === 1 ? { end: { when: { $: { present: true } }, text: '$' } } : { delta };
}

/** The rules with an end after a pause, for a server that marks no end. A bare text could be the first of several. */
export function withSilence({ delta, end }: AnswerRules): AnswerRules {
  return {
    ...(delta === undefined ? {} : { delta }),
    end: end ?? { silence: silenceSeconds },
  };
}

/**
 * Rules for an answer in JSON objects: several pieces and an end, or one frame.
 * @param except paths that repeat the question
 */
export function rulesOfObjects(
  frames: readonly Leaves[],
  prompt: string,
  except: ReadonlySet<string>,
): AnswerRules | undefined {
  const found = textPathOf(frames, prompt, except);
  if (found === undefined) return undefined;
  const { path } = found;
  const lastPiece = found.frames.at(-1)!;
  const ending = endFrameOf(frames, lastPiece, found);
  if (found.frames.length === 1 && ending === undefined) {
    const type = typeCondition(lastPiece);
    const isInOtherFrames =
      type !== undefined && frames.some((leaves) => leaves !== lastPiece && leaves.has(path));
    return { end: { when: isInOtherFrames ? type : { [path]: { present: true } }, text: path } };
  }
  const pieces = ending === undefined ? found.frames.filter((leaves) => leaves !== lastPiece) : found.frames;
  const end = endRuleOf(found, pieces, ending ?? lastPiece, frames);
  const nonPieces = frames.filter((leaves) => !found.frames.includes(leaves));
  const when = distinguishingCondition(end === undefined ? found.frames : pieces, nonPieces, new Set([path]));
  const delta: DeltaRule = {
    ...(when === undefined ? {} : { when }),
    text: path,
    ...(found.isCumulative ? { mode: 'cumulative' as const } : {}),
  };
  return { delta, ...(end === undefined ? {} : { end }) };
}

/** The frame after the last piece that marks the end: the last one that says so, else the first that differs from pieces. */
function endFrameOf(frames: readonly Leaves[], lastPiece: Leaves, found: TextPath): Leaves | undefined {
  const after = frames.slice(frames.indexOf(lastPiece) + 1);
  const candidates = after.filter((leaves) => conditionFor(leaves, frames, found.path) !== undefined);
  const says = (words: RegExp) => (leaves: Leaves) => words.test(wordsOf(leaves));
  return candidates.findLast(says(endWords)) ?? candidates.find((leaves) => !isNotice(leaves));
}

function isNotice(leaves: Leaves): boolean {
  const type = typeCondition(leaves);
  return type !== undefined && noticeWords.test(JSON.stringify(type));
}

/** The type of a frame, and the names of its true values. */
function wordsOf(leaves: Leaves): string {
  const types = [...leaves].flatMap(([path, value]) =>
    value === true ? [path] : typeof value === 'string' && value.length < 40 ? [value] : [],
  );
  return types.join(' ');
}

function conditionFor(frame: Leaves, frames: readonly Leaves[], path: string): When | undefined {
  const others = frames.filter((leaves) => leaves !== frame);
  return distinguishingCondition([frame], others, new Set([path]));
}

function endRuleOf(
  found: TextPath,
  pieces: readonly Leaves[],
  last: Leaves,
  frames: readonly Leaves[],
): EndRule | undefined {
  const when = conditionFor(last, frames, found.path);
  if (when === undefined) return undefined;
  const joined = found.isCumulative
    ? String(pieces.at(-1)?.get(found.path) ?? '')
    : pieces.map((leaves) => leaves.get(found.path)).join('');
  const whole = [...last].find(
    ([, value]) => typeof value === 'string' && value !== '' && value.trim() === joined.trim(),
  );
  if (whole !== undefined) return { when, text: whole[0] };
  const lastText = last.get(found.path);
  // A frame of the end that is no piece has the words of a status at that path, if any.
  if (typeof lastText !== 'string' || lastText === '' || !found.frames.includes(last)) return { when };
  return found.isCumulative ? { when, text: found.path } : { when, piece: found.path };
}

function sameLeaves(a: Leaves, b: Leaves): boolean {
  return a.size === b.size && [...a].every(([path, value]) => b.get(path) === value);
}
