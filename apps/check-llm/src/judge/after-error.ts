import { type AfterErrorFacts, type InvalidFacts } from '../probe/facts.js';
import { type Claims } from './claims.js';
import { type Finding } from './finding.js';
import { judgeLate } from './late.js';

const check = 'after an error';

/** What follows an error, such as the end frame that follows every answer. */
export function judgeAfterError(
  invalid: InvalidFacts | undefined,
  provoked: AfterErrorFacts | undefined,
  claims: Claims,
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
  const late = judgeLate(check, error.late, `the error ${error.errorCode}`, claims, isClosed);
  if (late === undefined) {
    return { check, verdict: 'works', says: `Nothing comes after the error ${error.errorCode}.` };
  }
  if (late.verdict !== 'differs' || claims.reuse !== 'settled') return late;
  return {
    ...late,
    advice:
      'Never set LLM_REUSE=always here: settled, as now, uses no connection again after an error, and LLM_REUSE=never ' +
      'none after any answer. In a description: reach: connection for such errors.',
  };
}
