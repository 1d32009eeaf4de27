import { type CancelFacts, type InvalidFacts } from '../probe/facts.js';
import { answer, expectations, incomplete, late } from '../testing/scripted-facts.js';
import { type Verdict } from './finding.js';
import { judgeCancel, judgeIdle, judgeInvalid, judgePing } from './robustness.js';

describe('judgeInvalid', () => {
  const silent: InvalidFacts = {
    frames: [],
    errorCode: undefined,
    errorReach: undefined,
    late: [],
    isAnswered: false,
    closed: undefined,
    isAliveAfter: true,
  };

  it.each<[string, Partial<InvalidFacts>, Verdict, RegExp]>([
    ['a crash', { isAliveAfter: false, errorCode: 'invalid' }, 'fails', /no longer answers any client/],
    ['an error', { errorCode: 'invalid', frames: ['{}'] }, 'works', /error invalid/],
    ['an answer', { isAnswered: true, frames: ['{}'] }, 'note', /any text as a question/],
    ['unknown frames', { frames: ['{}'] }, 'differs', /does not decode as an error/],
    ['a close', { closed: { atMs: 1, code: 1007, reason: 'bad' } }, 'note', /code 1007: bad/],
    ['silence', {}, 'note', /does not respond/],
  ])('judges %s', (_, changes, verdict, says) => {
    const finding = judgeInvalid({ ...silent, ...changes });
    expect(finding).toMatchObject({ verdict, says: expect.stringMatching(says) as string });
  });
});

describe('judgeCancel', () => {
  const canceled: CancelFacts = {
    how: 'frame',
    isTooLate: false,
    endedMs: 5,
    framesAfter: 1,
    late: [],
    isAliveAfter: true,
  };

  it.each<[string, Partial<CancelFacts>, Verdict, RegExp]>([
    ['an end', {}, 'works', /5 ms after the cancel frame\.$/],
    ['an end after more frames', { framesAfter: 3 }, 'works', /with 3 frames in between\.$/],
    ['no end', { endedMs: undefined, framesAfter: 2 }, 'differs', /\(2 frames followed it\)/],
    ['a close', { how: 'close', endedMs: undefined }, 'works', /by closing the connection/],
    ['a crash', { isAliveAfter: false }, 'fails', /no longer answers any client/],
    ['an answer that was too short', { isTooLate: true }, 'note', /before it could be canceled/],
    ['late frames', { late: [late('x')] }, 'differs', /1 frame after the end of the canceled answer/],
    ['late frames with an id', { late: [late('x', 1, true)] }, 'works', /cancel frame/],
  ])('judges %s', (_, changes, verdict, says) => {
    const finding = judgeCancel({ ...canceled, ...changes }, expectations());
    expect(finding).toMatchObject({ verdict, says: expect.stringMatching(says) as string });
  });
});

describe('judgePing', () => {
  it.each([
    [3, true, 'works'],
    [undefined, false, 'works'],
    [undefined, true, 'fails'],
  ])('pong after %s ms, expected: %s: %s', (ms, answersPings, verdict) => {
    expect(judgePing(ms, expectations({}, { answersPings })).verdict).toBe(verdict);
  });
});

describe('judgeIdle', () => {
  const idle = { waitedMs: 60_000, closed: undefined, answer: answer() };

  it('accepts an answer after idle time', () => {
    expect(judgeIdle(idle, expectations())).toMatchObject({ check: 'idle', verdict: 'works' });
  });

  it('suggests the age at which the server closes', () => {
    const closed = { atMs: 30_500, code: 1001, reason: '' };
    const finding = judgeIdle({ waitedMs: 30_500, closed, answer: undefined }, expectations());
    expect(finding).toMatchObject({
      verdict: 'differs',
      says: 'The server closes an idle connection after 30.5 s (code 1001).',
      advice: expect.stringContaining('max_age: 30 ') as string,
    });
  });

  it('differs without an answer', () => {
    const finding = judgeIdle({ ...idle, answer: incomplete({ failure: 'silent' }) }, expectations());
    expect(finding).toMatchObject({ check: 'idle', verdict: 'differs' });
  });
});
