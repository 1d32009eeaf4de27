import { type Answer } from '../connection/answer.js';
import {
  answer,
  expectations,
  incomplete,
  late,
  received,
  sent,
  serverError,
} from '../testing/scripted-facts.js';
import { failureOf, judgePlain, judgeStreamed } from './answers.js';
import { type Verdict } from './finding.js';

const judge = (changes: Partial<Answer>, expected = expectations()) =>
  judgeStreamed(answer(changes), expected);

describe('judgeStreamed', () => {
  it('accepts an answer in several pieces', () => {
    expect(judge({})).toEqual({
      check: 'streamed answer',
      verdict: 'works',
      says: '2 pieces, the first one after 100 ms; the server counts 2 tokens.',
    });
  });

  it.each<[string, Partial<Answer>, Verdict, RegExp]>([
    ['one piece', { pieces: 1 }, 'differs', /in one piece/],
    ['another final text', { text: 'other' }, 'differs', /final text differs/],
    ['replaced text', { replaced: 1 }, 'differs', /final text differs/],
    [
      'a slow first piece',
      { firstMs: 16_000 },
      'differs',
      /The first piece takes 16.0 s; Parley waits 15.0 s/,
    ],
    ['undecodable frames', { undecodable: ['<html>'] }, 'fails', /^1 frame of the answer cannot be decoded/],
    ['late frames', { late: [late('{}')] }, 'differs', /^1 frame after the end of the answer/],
    ['late frames with an id', { late: [late('{}', 10, true)] }, 'works', /^2 pieces/],
    ['a closed connection', { closed: { atMs: 1, code: 1000, reason: '' } }, 'differs', /code 1000/],
  ])('judges %s', (_, changes, verdict, says) => {
    expect(judge(changes)).toMatchObject({ verdict, says: expect.stringMatching(says) as string });
  });

  it('expects a closed connection where the protocol uses each connection once', () => {
    const closed = { atMs: 1, code: 1000, reason: '' };
    expect(judge({ closed }, expectations({}, { reuse: 'answer' })).verdict).toBe('works');
  });

  it('shows the last six frames of the server', () => {
    const frames = [sent('question'), ...Array.from({ length: 8 }, (_, index) => received(`${index}`))];
    expect(judge({ text: 'other', frames }).frames).toEqual(['2', '3', '4', '5', '6', '7']);
  });

  it('mentions another model, and a server that reports no tokens', () => {
    const end = { type: 'end' as const, finishReason: 'completed', model: 'large' };
    expect(judge({ end }).says).toContain('the server counts no tokens; the server names the model large.');
  });
});

describe('judgePlain', () => {
  it.each([
    ['pool', '7 characters after 200 ms, on the same connection; the server counts 2 tokens.'],
    ['answer', '7 characters after 200 ms; the server counts 2 tokens.'],
  ] as const)('accepts an answer with reuse: %s', (reuse, says) => {
    const finding = judgePlain(answer(), expectations({}, { reuse }));
    expect(finding).toEqual({ check: 'plain answer', verdict: 'works', says });
  });
});

describe('judgePlain, where the question with quotation marks fails', () => {
  const failed = incomplete({ failure: 'closed', closed: { atMs: 1, code: 1011, reason: '' } });

  it('advises to escape them if a question without them is answered', () => {
    expect(judgePlain(failed, expectations(), answer())).toMatchObject({
      verdict: 'fails',
      says: expect.stringContaining('without them is answered') as string,
      advice: expect.stringContaining('{{json message}}') as string,
    });
    expect(judgePlain(failed, expectations(), failed).says).not.toContain('without them');
  });
});

describe('an answer without text', () => {
  const end = (finishReason: string) => ({ type: 'end' as const, finishReason });

  it.each([
    ['retry', 'completed', 'fails'],
    ['accept', 'completed', 'note'],
    ['retry', 'length', 'differs'],
  ] as const)('with LLM_EMPTY_ANSWER=%s and finish reason %s: %s', (emptyAnswer, reason, verdict) => {
    const facts = answer({ text: '', streamedText: '', pieces: 0, end: end(reason) });
    expect(judgePlain(facts, expectations({ emptyAnswer })).verdict).toBe(verdict);
  });
});

describe('failureOf', () => {
  const failure = (changes: Partial<Answer>, expected = expectations()) =>
    failureOf('plain answer', incomplete(changes), expected);

  it('is undefined for a complete answer', () => {
    expect(failureOf('plain answer', answer(), expectations())).toBeUndefined();
  });

  it.each([
    ['unauthorized', /LLM_API_KEY/],
    ['invalid_api_key', /LLM_API_KEY/],
    ['model_not_found', /LLM_MODEL_NAME/],
    ['rate_limited', /overloaded/],
  ])('gives advice for the error %s', (code, advice) => {
    expect(failure({ error: serverError(code) })).toMatchObject({
      verdict: 'fails',
      says: `The server responds with the error ${code} (because).`,
      advice: expect.stringMatching(advice) as string,
    });
  });

  it('has no advice for other errors', () => {
    expect(failure({ error: serverError('odd') })).not.toHaveProperty('advice');
  });

  it.each<[string, Partial<Answer>, RegExp]>([
    ['undecodable frames', { failure: 'not_understood' }, /cannot decode/],
    ['a stop halfway', { failure: 'stopped', pieces: 2 }, /stops halfway/],
    ['a timeout', { failure: 'too_long' }, /does not end in time/],
    ['silence', { failure: 'silent' }, /does not respond/],
    ['frames without an answer', { failure: 'silent', frames: [received('{}')] }, /sends frames, but none/],
    [
      'a closed connection',
      { failure: 'closed', closed: { atMs: 1, code: 1011, reason: 'crash' } },
      /code 1011: crash/,
    ],
  ])('names %s', (_, changes, says) => {
    expect(failure(changes)?.says).toMatch(says);
  });

  it('suggests a key, or another one, for close code 1008', () => {
    const closed = { failure: 'closed' as const, closed: { atMs: 1, code: 1008, reason: '' } };
    expect(failure(closed)?.advice).toContain('set LLM_API_KEY');
    expect(failure(closed, expectations({ hasKey: true }))?.advice).toContain('still valid?');
  });

  it('suggests that a close is the end of an answer that had begun', () => {
    const closed = { failure: 'closed' as const, closed: { atMs: 1, code: 1000, reason: '' }, pieces: 2 };
    expect(failure(closed)?.advice).toContain('close: { ends: [1000] }');
  });
});
