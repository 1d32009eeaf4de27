import { LlmFrameError, LlmQueueFullError } from '#llm';
import { answer, expectations, incomplete } from '../testing/scripted-facts.js';
import {
  isSequential,
  judgeConnections,
  judgeShared,
  judgeTwoConnections,
  outcomeOfTwo,
} from './concurrency.js';

const times = (firstMs: number, endMs: number) => answer({ firstMs, endMs });

describe('judgeTwoConnections', () => {
  it.each([
    ['at the same time', [times(10, 100), times(12, 110)], 'works'],
    ['one after the other', [times(10, 100), times(105, 200)], 'differs'],
    ['too quickly to compare', [times(10, 20), times(25, 40)], 'works'],
  ] as const)('answers %s', (_, answers, verdict) => {
    expect(judgeTwoConnections({ answers }, expectations()).verdict).toBe(verdict);
  });

  it('differs if a connection is refused, and fails with an answer', () => {
    expect(judgeTwoConnections(undefined, expectations()).advice).toBe('Set LLM_MAX_CONNECTIONS=1.');
    const answers = [answer(), incomplete({ failure: 'silent' })] as const;
    expect(judgeTwoConnections({ answers }, expectations())).toMatchObject({
      check: 'two at once',
      verdict: 'fails',
      says: 'One of two requests on two connections fails. The server does not respond.',
      advice: expect.stringContaining('LLM_MAX_CONNECTIONS=1') as string,
    });
  });

  it('is only sequential if every pair was', () => {
    const sequential = [times(105, 200), times(10, 100)] as const;
    const parallel = [times(10, 100), times(99, 200)] as const;
    expect(isSequential({ answers: sequential, again: [sequential, sequential] })).toBe(true);
    expect(isSequential({ answers: sequential, again: [parallel] })).toBe(false);
    expect(outcomeOfTwo({ answers: sequential }, expectations())).toBe('sequential');
    expect(outcomeOfTwo({ answers: parallel }, expectations())).toBe('parallel');
    expect(outcomeOfTwo(undefined, expectations())).toBe('fails');
  });
});

describe('judgeConnections', () => {
  it.each([
    [8, 100, 'works', '8 connections at once are accepted.'],
    [3, 100, 'differs', 'The server accepts 3 of 8 connections at once.'],
    [3, 3, 'works', 'The server accepts 3 of 8 connections at once.'],
  ])('%i opened, LLM_MAX_CONNECTIONS=%i: %s', (opened, maxConnections, verdict, says) => {
    const facts = { attempted: 8, opened, error: undefined };
    expect(judgeConnections(facts, expectations({ maxConnections }))).toMatchObject({ verdict, says });
  });

  it('names the error, and suggests at least one connection', () => {
    const error = new LlmQueueFullError('ws://server/', 1);
    expect(judgeConnections({ attempted: 8, opened: 0, error }, expectations())).toMatchObject({
      says: expect.stringContaining('(llm_overloaded)') as string,
      advice: 'Set LLM_MAX_CONNECTIONS=1.',
    });
  });
});

describe('judgeShared', () => {
  const error = new LlmFrameError('it has no request_id');
  it.each([
    ['works', { errors: [], isConcurrent: true }, false, 'works'],
    ['works', { errors: [], isConcurrent: undefined }, true, 'works'],
    ['is sequential', { errors: [], isConcurrent: false }, false, 'note'],
    ['is sequential', { errors: [], isConcurrent: false }, true, 'differs'],
    ['fails', { errors: [error], isConcurrent: undefined }, false, 'note'],
    ['fails', { errors: [error], isConcurrent: undefined }, true, 'fails'],
    ['is not possible', undefined, false, 'note'],
    ['is not possible', undefined, true, 'differs'],
  ])('%s: %j with LLM_MULTIPLEX=%s: %s', (_, facts, multiplex, verdict) => {
    expect(judgeShared(facts, expectations({ multiplex })).verdict).toBe(verdict);
  });
});
