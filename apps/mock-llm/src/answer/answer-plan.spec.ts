import { type Behavior, DEFAULT_BEHAVIOR } from '../behavior/behavior.js';
import { planAnswer } from './answer-plan.js';
import { type GuideRequest } from './guide-request.js';

const REPLY = 'w1 w2 w3 w4';

function plan(change: Partial<Behavior>, request: Partial<GuideRequest> = {}) {
  const asked = {
    message: 'hi',
    model: undefined,
    requestId: undefined,
    stream: true,
    maxTokens: undefined,
    history: [],
  };
  return planAnswer({ ...asked, ...request }, { ...DEFAULT_BEHAVIOR, reply: REPLY, ...change }, 1);
}

describe('when an answer begins', () => {
  const slow = { serviceTimeMs: 100, firstTokenDelayMs: 30, tokensPerSecond: 2 };
  it.each([
    ['at once', {}, true, 0],
    ['after service time and first token delay', slow, true, 130],
    ['whole: when all of it would have been written', slow, false, 2130],
    ['whole and as fast as possible', { ...slow, tokensPerSecond: 0 }, false, 130],
    ['an ending before the first token: after the service time', { ...slow, errorCode: 'x' }, true, 100],
    [
      'an ending in the middle: after the first token delay',
      { ...slow, errorCode: 'x', afterTokens: 2 },
      true,
      130,
    ],
    ['whole, an ending in the middle', { ...slow, errorCode: 'x', afterTokens: 2 }, false, 1130],
    ['at the configured time, regardless of the speed', { ...slow, answerAtMs: 40 }, false, 40],
    ['at the configured time, all at once', { ...slow, answerAtMs: 40 }, true, 40],
    ['no later than a timer can', { tokensPerSecond: 1e-9 }, false, 2 ** 31 - 1],
    ['garbage first, without effect on the time', { ...slow, garbage: 'not-json' as const }, true, 130],
  ])('%s', (_, change, stream, waitMs) => expect(plan(change, { stream }).waitMs).toBe(waitMs));
});

describe('where and how an answer fails', () => {
  const all: Partial<Behavior> = {
    downForMs: 5,
    cut: 'reset',
    freeze: true,
    stall: true,
    closeCode: 1011,
    errorCode: 'x',
  };
  it.each([
    ['down', all, ['down'], 'broken'],
    ['cut', { ...all, downForMs: null }, ['cut'], 'broken'],
    ['freeze', { ...all, downForMs: null, cut: null }, ['freeze'], 'pending'],
    ['stall', { stall: true, closeCode: 1011, errorCode: 'x' }, [], 'pending'],
    ['close', { closeCode: 1011 }, ['close'], 'broken'],
    ['an error, then a close', { closeCode: 1011, errorCode: 'x' }, ['text', 'close'], 'error'],
    ['error', { errorCode: 'x' }, ['text'], 'error'],
    [
      'garbage, then an error',
      { garbage: 'binary', oversizeBytes: 1, errorCode: 'x' },
      ['binary', 'text', 'text'],
      'error',
    ],
    ['garbage alone', { garbage: 'binary' }, ['binary'], undefined],
    ['nothing', {}, [], undefined],
  ] as const)('the most severe of several: %s', (_, change, kinds, outcome) => {
    const { fault, faultOutcome } = plan(change);
    expect(fault.map(({ kind }) => kind)).toEqual(kinds);
    expect(faultOutcome).toBe(outcome);
  });

  it.each([
    [{ afterTokens: 2 }, true, 2],
    [{ afterTokens: 9 }, true, 4],
    [{ afterTokens: 2 }, false, 0],
    [{ afterTokens: 2, ignoreStream: true }, true, 0],
    [{ afterTokens: 2, silence: true }, true, 0],
  ])('%j, streamed %s', (change, stream, faultAfter) => {
    expect(plan({ cut: 'end', ...change }, { stream }).faultAfter).toBe(faultAfter);
  });
});

describe('frames after the last one', () => {
  const kinds = (change: Partial<Behavior>) => plan(change).end.map(({ kind }) => kind);

  it.each<[Partial<Behavior>, string[]]>([
    [{ duplicateEnd: true }, ['text', 'text']],
    [{ duplicateEnd: true, duplicateEndDelayMs: 5 }, ['text', 'later']],
    [{ duplicateEndDelayMs: 5, extraFramesDelayMs: 5 }, ['text']],
    [{ duplicateEnd: true, extraFrames: 2, extraFramesDelayMs: 5 }, ['text', 'text', 'later']],
  ])('%j: %j', (change, expected) => expect(kinds(change)).toEqual(expected));

  it('are sent at once if the answer has a configured time', () => {
    expect(plan({ answerAtMs: 40, tokensPerSecond: 2 }).tokensPerSecond).toBe(0);
  });
});

describe('the content of an answer', () => {
  const final = (change: Partial<Behavior>, request: Partial<GuideRequest> = {}) => {
    const [action] = plan(change, request).end;
    return action?.kind === 'text' ? (JSON.parse(action.data) as Record<string, unknown>) : action;
  };

  it('has token counts, model and id', () => {
    expect(final({}, { model: 'm', requestId: 'r', message: 'one two' })).toEqual({
      response: REPLY,
      tokens_used: 6,
      model: 'm',
      finish_reason: 'completed',
      metadata: { prompt_tokens: 2, completion_tokens: 4, history_messages: 0 },
      done: true,
      request_id: 'r',
    });
  });

  it.each([
    [{ maxTokens: 2 }, 'w1 w2', 'length'],
    [{ maxTokens: 4 }, REPLY, 'completed'],
  ])('keeps to %j', (request, response, finish_reason) => {
    expect(final({}, request)).toMatchObject({ response, finish_reason });
    expect(plan({}, request).tokens.join('')).toBe(response);
  });

  it('has exactly the configured number of tokens', () => {
    expect(plan({ tokens: 1000 }).tokens).toHaveLength(1000);
    expect(final({ tokens: 3 }, { stream: false })).toMatchObject({ metadata: { completion_tokens: 3 } });
  });

  it('closes instead of ending when truncated', () => {
    expect(final({ truncate: true })).toEqual({ kind: 'close', code: 1000, reason: '' });
    expect(plan({ truncate: true }).endOutcome).toBe('broken');
  });
});
