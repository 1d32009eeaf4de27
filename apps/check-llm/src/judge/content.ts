import { type Answer } from '../connection/answer.js';
import { type ContentFacts } from '../probe/facts.js';
import { type Finding } from './finding.js';
import { counts, echoes, hasWord, isSameAnswer, readsAsRefusal } from './recognize.js';

const check = 'content';

/** Longest part of an answer that is quoted, in characters. */
const quotedLength = 120;

/** What the answers to two questions with known answers show. */
export type ContentKind = 'right' | 'echo' | 'constant' | 'refusal' | 'stub' | 'unrecognized';

/**
 * Compares the answers to two questions: to count, and to repeat a made-up word. `right`: at least one fits. `echo`: the
 * questions are repeated. `stub`: always the same text, which counts or has the marks of an answer. `constant`: always the
 * same text, which fits neither. `refusal`: both read as refusals. `unrecognized`: neither fits.
 */
export function contentKind({ counted, repeated, word, isMarked }: ContentFacts): ContentKind {
  const isCounted = counts(counted.text);
  const isRepeated = hasWord(repeated.text, word);
  if (isSameAnswer(counted.text, repeated.text)) {
    return isCounted || (isMarked && !readsAsRefusal(counted.text)) ? 'stub' : 'constant';
  }
  if (echoes(counted.text, counted.question) && echoes(repeated.text, repeated.question)) return 'echo';
  if (isCounted || isRepeated) return 'right';
  return readsAsRefusal(counted.text) && readsAsRefusal(repeated.text) ? 'refusal' : 'unrecognized';
}

/** Keys whose value `true` says that a frame is the last one of its answer. */
const endMark = /"(?:is_?)?(?:done|final|finished|end|last|complete|completed)"\s*:\s*true/i;

/** Whether an answer came in several pieces, or its last frame says that it is the last one. */
export function isMarked(answer: Answer): boolean {
  const last = answer.frames.findLast(({ direction }) => direction === 'received');
  return answer.pieces > 1 || endMark.test(last?.text ?? '');
}

/** Whether the server does what it is asked, rather than repeat the question. */
export function followsInstructions({ repeated, word }: ContentFacts): boolean {
  return hasWord(repeated.text, word) && !echoes(repeated.text, repeated.question);
}

/** Judges whether the answers fit their questions. @param facts undefined if one of the questions was not answered */
export function judgeContent(facts: ContentFacts | undefined): Finding {
  if (facts === undefined) {
    return {
      check,
      verdict: 'note',
      says: 'Without two answers it is not known whether they fit their questions.',
    };
  }
  const { counted, repeated, word } = facts;
  const advice =
    'Does the server need a key, another path, or another form of request? If it is a stub, only its protocol is tested.';
  switch (contentKind(facts)) {
    case 'constant':
      return {
        check,
        verdict: 'fails',
        says: `Different questions get the same answer: ${quoted(counted.text)}.`,
        advice,
      };
    case 'refusal':
      return {
        check,
        verdict: 'fails',
        says: `The answers read as refusals: ${quoted(counted.text)}, ${quoted(repeated.text)}.`,
        advice,
      };
    case 'unrecognized':
      return {
        check,
        verdict: 'differs',
        says:
          `The answers fit neither question. ${quoted(counted.question)} got ${quoted(counted.text)}, ` +
          `and ${quoted(repeated.question)} got ${quoted(repeated.text)}.`,
        advice: 'Is the whole text of the question in the request, and the whole text of the answer read?',
      };
    case 'stub':
      return {
        check,
        verdict: 'note',
        says: 'Different questions get the same answer: only the protocol is tested.',
      };
    case 'echo':
      return {
        check,
        verdict: 'note',
        says: 'The server repeats the questions: only its protocol is tested.',
      };
    case 'right':
      return {
        check,
        verdict: 'works',
        says: rightAnswers(counts(counted.text), hasWord(repeated.text, word)),
      };
  }
}

function rightAnswers(isCounted: boolean, isRepeated: boolean): string {
  if (isCounted && isRepeated) return 'The server counts, and repeats a made-up word, as it was asked to.';
  return isCounted
    ? 'The server counts, as it was asked to.'
    : 'The server repeats a made-up word, as it was asked to.';
}

function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `“${line.length > quotedLength ? `${line.slice(0, quotedLength)}…` : line}”`;
}
