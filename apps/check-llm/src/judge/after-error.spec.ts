import { type AfterErrorFacts, type InvalidFacts } from '../probe/facts.js';
import { expectations, late } from '../testing/scripted-facts.js';
import { judgeAfterError } from './after-error.js';

const provoked: AfterErrorFacts = { errorCode: 'overloaded', errorReach: 'answer', late: [] };
const invalid: InvalidFacts = {
  frames: ['{"error":"x"}'],
  errorCode: 'invalid',
  errorReach: 'answer',
  late: [],
  isAnswered: false,
  closed: undefined,
  isAliveAfter: true,
};

describe('judgeAfterError', () => {
  it('knows nothing without an error', () => {
    const finding = judgeAfterError({ ...invalid, errorCode: undefined }, undefined, expectations());
    expect(finding).toMatchObject({ verdict: 'note', says: expect.stringContaining('is unknown') as string });
  });

  it('accepts an error without further frames', () => {
    expect(judgeAfterError(invalid, provoked, expectations())).toEqual({
      check: 'after an error',
      verdict: 'works',
      says: 'Nothing follows the error overloaded.',
    });
  });

  it('judges the error with most frames after it', () => {
    const finding = judgeAfterError({ ...invalid, late: [late('{"done":true}')] }, provoked, expectations());
    expect(finding).toMatchObject({
      verdict: 'differs',
      says: expect.stringContaining('1 frame after the error invalid') as string,
      advice: expect.stringContaining('Never set LLM_REUSE=always') as string,
    });
  });

  it('only notes frames after an error of the whole connection', () => {
    const facts: AfterErrorFacts = { ...provoked, errorReach: 'connection', late: [late('x')] };
    expect(judgeAfterError(undefined, facts, expectations()).verdict).toBe('note');
  });

  it('fails with LLM_REUSE=always', () => {
    const facts = { ...provoked, late: [late('x')] };
    expect(judgeAfterError(undefined, facts, expectations({ reuse: 'always' })).verdict).toBe('fails');
  });
});
