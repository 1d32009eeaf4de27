import { type AfterErrorFacts, type InvalidFacts } from '../probe/facts.js';
import { type Expectations } from './expectations.js';
import { type Finding } from './finding.js';
import { judgeLate } from './late-frames.js';

const check = 'after an error';

/**
 * Judges frames after an error, such as the end frame that some servers send after every answer.
 * @param invalid the reaction to an invalid frame; judged if it was an error
 * @param provoked the frames after a request that was answered with an error
 */
export function judgeAfterError(
  invalid: InvalidFacts | undefined,
  provoked: AfterErrorFacts | undefined,
  expected: Expectations,
): Finding {
  const ofInvalid =
    invalid?.errorCode === undefined
      ? []
      : [{ errorCode: invalid.errorCode, errorReach: invalid.errorReach, late: invalid.late }];
  const errors = [...(provoked === undefined ? [] : [provoked]), ...ofInvalid];
  const [error] = errors.toSorted((a, b) => b.late.length - a.late.length);
  if (error === undefined) {
    const says = 'No request was answered with an error: the behavior after an error is unknown.';
    return { check, verdict: 'note', says };
  }
  const isClosed = error.errorReach === 'connection';
  const late = judgeLate(check, error.late, `the error ${error.errorCode}`, expected, isClosed);
  if (late === undefined) {
    return { check, verdict: 'works', says: `Nothing follows the error ${error.errorCode}.` };
  }
  if (late.verdict !== 'differs' || expected.reuse !== 'settled') return late;
  return {
    ...late,
    advice:
      'Never set LLM_REUSE=always here: settled, the current value, does not reuse a connection after an error, and ' +
      'LLM_REUSE=never does not reuse any. In a description: followed_by_end: true, if the end frame follows every error; otherwise reach: connection.',
  };
}
