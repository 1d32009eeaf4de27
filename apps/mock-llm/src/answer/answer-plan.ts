import { type RequestBehavior } from '../behavior/behavior.js';
import { later, type Act } from './act.js';
import { garbageActs } from './garbage.js';
import { answerFrame, chunkFrames, errorFrame, messageForCode, type AnswerFacts } from './guide-frames.js';
import { type GuideRequest } from './guide-request.js';
import { replyText } from './reply-text.js';
import { repeatTokens, tokenize } from './tokenizer.js';

/**
 * How an answer stands: `pending` until it is over; then `finished` (answered to the end), `error` (with an error
 * frame), `broken` (ended by the mock in another way) or `abandoned` (the client went away first).
 */
export type Outcome = 'pending' | 'finished' | 'error' | 'broken' | 'abandoned';

/** Everything about an answer, decided before its first byte. */
export interface AnswerPlan {
  /** From the request's arrival at the model to the first token, or to the whole answer when not streamed. */
  readonly waitMs: number;
  /** 0: as fast as possible. */
  readonly tokensPerSecond: number;
  /** Streamed one frame each; empty when the answer is not streamed. */
  readonly tokens: readonly string[];
  /** The misbehaviour ordered, after so many of the tokens. */
  readonly faultAfter: number;
  readonly fault: readonly Act[];
  /** Set when the fault is the end of the answer. */
  readonly faultOutcome: Outcome | undefined;
  /** After the last token. */
  readonly end: readonly Act[];
  readonly endOutcome: Outcome;
}

/** Node's timers overflow beyond. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Decides how to answer. Pure: the same request, behavior and seed make the same plan. */
export function planAnswer(request: GuideRequest, behavior: RequestBehavior, seed: number): AnswerPlan {
  const streamed = request.stream && !behavior.ignoreStream;
  const tokensPerSecond = behavior.answerAtMs === null ? behavior.tokensPerSecond : 0;
  const all = answerTokens(request, behavior, seed);
  const tokens = all.slice(0, request.maxTokens);
  const faultAfter = behavior.silence ? 0 : Math.min(behavior.afterTokens, tokens.length);
  const terminal = terminalFault(request, behavior);
  const fault = [...passingFaults(request, behavior), ...(terminal?.acts ?? [])];

  // A fault before the first token comes when a server would first have reacted, not after a slow first token.
  const reactsAtOnce = terminal !== undefined && faultAfter === 0;
  const reactionMs = behavior.serviceTimeMs + (reactsAtOnce ? 0 : behavior.firstTokenDelayMs);
  const writtenTokens = terminal === undefined ? tokens.length : faultAfter;
  const writingMs = streamed || tokensPerSecond === 0 ? 0 : (writtenTokens * 1000) / tokensPerSecond;
  const thinkingMs = behavior.answerAtMs ?? reactionMs;

  return {
    waitMs: Math.min(thinkingMs + writingMs, MAX_TIMER_MS),
    tokensPerSecond,
    tokens: streamed ? tokens : [],
    faultAfter: streamed ? faultAfter : 0,
    fault,
    faultOutcome: terminal?.outcome,
    end: ending(request, behavior, tokens.join(''), {
      streamed,
      count: tokens.length,
      cutOff: all.length > tokens.length,
    }),
    endOutcome: behavior.truncate ? 'broken' : 'finished',
  };
}

/** The answer to a frame that is no request. Pure. */
export function planRefusal(code: string, message: string, requestId: GuideRequest['requestId']): AnswerPlan {
  return {
    waitMs: 0,
    tokensPerSecond: 0,
    tokens: [],
    faultAfter: 0,
    fault: [{ kind: 'text', data: errorFrame({ code, message, style: 'flag' }, requestId) }],
    faultOutcome: 'error',
    end: [],
    endOutcome: 'error',
  };
}

function answerTokens(request: GuideRequest, behavior: RequestBehavior, seed: number): string[] {
  if (behavior.emptyAnswer) return [];
  const text = behavior.reply ?? replyText({ message: request.message, history: request.history, seed });
  return behavior.tokens === null ? tokenize(text) : repeatTokens(text, behavior.tokens);
}

/** Of several endings ordered at once, the most drastic one; an error frame may come before a close. */
function terminalFault(
  request: GuideRequest,
  behavior: RequestBehavior,
): { acts: Act[]; outcome: Outcome } | undefined {
  if (behavior.downForMs !== null)
    return { acts: [{ kind: 'down', forMs: behavior.downForMs }], outcome: 'broken' };
  if (behavior.cut !== null) return { acts: [{ kind: 'cut', how: behavior.cut }], outcome: 'broken' };
  if (behavior.freeze) return { acts: [{ kind: 'freeze' }], outcome: 'pending' };
  if (behavior.stall || behavior.silence) return { acts: [], outcome: 'pending' };
  const error = errorActs(request, behavior);
  const close = closeActs(behavior);
  if (error.length + close.length === 0) return undefined;
  return { acts: [...error, ...close], outcome: error.length > 0 ? 'error' : 'broken' };
}

function errorActs(request: GuideRequest, behavior: RequestBehavior): Act[] {
  const { requestId } = request;
  const { errorCode: code, errorMessage, errorStyle: style, retryAfter } = behavior;
  if (code === null) return [];
  const message = errorMessage ?? messageForCode(code);
  const error: Act = { kind: 'text', data: errorFrame({ code, message, style, retryAfter }, requestId) };
  if (!behavior.errorEnd) return [error];
  const end: Act = {
    kind: 'text',
    data: answerFrame(factsOf(request, behavior, { count: 0, cutOff: false }), true, requestId),
  };
  return [error, ...later(behavior.errorEndDelayMs, [end])];
}

function closeActs({ closeCode: code, closeReason: reason }: RequestBehavior): Act[] {
  return code === null ? [] : [{ kind: 'close', code, reason }];
}

function passingFaults({ requestId }: GuideRequest, behavior: RequestBehavior): Act[] {
  const garbage = behavior.garbage === null ? [] : garbageActs(behavior.garbage, requestId);
  if (behavior.oversizeBytes === null) return garbage;
  return [...garbage, { kind: 'text', data: chunkFrames(requestId)('x'.repeat(behavior.oversizeBytes)) }];
}

function ending(
  request: GuideRequest,
  behavior: RequestBehavior,
  response: string,
  answer: { streamed: boolean; count: number; cutOff: boolean },
): Act[] {
  if (behavior.truncate) return [{ kind: 'close', code: 1000, reason: '' }];
  const facts = {
    ...(answer.streamed && behavior.finalWithoutResponse ? {} : { response }),
    ...factsOf(request, behavior, answer),
  };
  const final: Act = { kind: 'text', data: answerFrame(facts, answer.streamed, request.requestId) };
  const chunk = chunkFrames(request.requestId);
  const extra = Array.from({ length: behavior.extraFrames }, (_, i): Act => ({
    kind: 'text',
    data: chunk(` late ${i + 1}`),
  }));
  return [
    final,
    ...later(behavior.duplicateEndDelayMs, behavior.duplicateEnd ? [final] : []),
    ...later(behavior.extraFramesDelayMs, extra),
  ];
}

function factsOf(
  request: GuideRequest,
  behavior: RequestBehavior,
  answer: { count: number; cutOff: boolean },
): Omit<AnswerFacts, 'response'> {
  const asked = tokenize(request.message.slice(0, 100_000)).length;
  return {
    tokens_used: asked + answer.count,
    model: request.model ?? 'mock-llm',
    finish_reason: behavior.finishReason ?? (answer.cutOff ? 'length' : 'completed'),
    metadata: {
      prompt_tokens: asked,
      completion_tokens: answer.count,
      history_messages: request.history.length,
    },
  };
}
