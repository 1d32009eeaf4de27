import { type RequestBehavior } from '../behavior/behavior.js';
import { delayed, type Action } from './action.js';
import { garbageActions } from './garbage.js';
import { answerFrame, chunkFrames, errorFrame, messageForCode, type AnswerFacts } from './guide-frames.js';
import { type GuideRequest } from './guide-request.js';
import { replyText } from './reply-text.js';
import { repeatTokens, tokenize } from './tokenizer.js';

/**
 * The state of an answer: `pending` until it ends; then `finished` (complete), `error` (with an error frame), `broken`
 * (ended by the mock in another way) or `abandoned` (the client disconnected first).
 */
export type Outcome = 'pending' | 'finished' | 'error' | 'broken' | 'abandoned';

/** The whole course of an answer, decided before its first byte. */
export interface AnswerPlan {
  /** Milliseconds from the start of the request to the first token or, without streaming, to the answer. */
  readonly waitMs: number;
  /** Tokens per second; 0: as fast as possible. */
  readonly tokensPerSecond: number;
  /** Tokens that are streamed in one frame each; empty without streaming. */
  readonly tokens: readonly string[];
  /** After how many tokens the fault occurs. */
  readonly faultAfter: number;
  /** The configured fault. */
  readonly fault: readonly Action[];
  /** The outcome if the fault ends the answer; otherwise undefined. */
  readonly faultOutcome: Outcome | undefined;
  /** The actions after the last token. */
  readonly end: readonly Action[];
  readonly endOutcome: Outcome;
}

/** Longest delay of Node's timers. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Plans an answer. Pure: the same request, behavior and seed give the same plan. */
export function planAnswer(request: GuideRequest, behavior: RequestBehavior, seed: number): AnswerPlan {
  const streamed = request.stream && !behavior.ignoreStream;
  const tokensPerSecond = behavior.answerAtMs === null ? behavior.tokensPerSecond : 0;
  const all = answerTokens(request, behavior, seed);
  const tokens = all.slice(0, request.maxTokens);
  const faultAfter = behavior.silence ? 0 : Math.min(behavior.afterTokens, tokens.length);
  const terminal = terminalFault(request, behavior);
  const fault = [...nonTerminalFaults(request, behavior), ...(terminal?.actions ?? [])];

  // A fault before the first token occurs after the service time, without the delay of the first token.
  const failsBeforeTokens = terminal !== undefined && faultAfter === 0;
  const reactionMs = behavior.serviceTimeMs + (failsBeforeTokens ? 0 : behavior.firstTokenDelayMs);
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

/** Plans the error for an invalid request frame. Pure. */
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

/** The most severe of several configured faults that end the answer; an error frame can precede a close. */
function terminalFault(
  request: GuideRequest,
  behavior: RequestBehavior,
): { actions: Action[]; outcome: Outcome } | undefined {
  if (behavior.downForMs !== null)
    return { actions: [{ kind: 'down', forMs: behavior.downForMs }], outcome: 'broken' };
  if (behavior.cut !== null) return { actions: [{ kind: 'cut', how: behavior.cut }], outcome: 'broken' };
  if (behavior.freeze) return { actions: [{ kind: 'freeze' }], outcome: 'pending' };
  if (behavior.stall || behavior.silence) return { actions: [], outcome: 'pending' };
  const error = errorActions(request, behavior);
  const close = closeActions(behavior);
  if (error.length + close.length === 0) return undefined;
  return { actions: [...error, ...close], outcome: error.length > 0 ? 'error' : 'broken' };
}

function errorActions(request: GuideRequest, behavior: RequestBehavior): Action[] {
  const { requestId } = request;
  const { errorCode: code, errorMessage, errorStyle: style, retryAfter } = behavior;
  if (code === null) return [];
  const message = errorMessage ?? messageForCode(code);
  const error: Action = { kind: 'text', data: errorFrame({ code, message, style, retryAfter }, requestId) };
  if (!behavior.errorEnd) return [error];
  const end: Action = {
    kind: 'text',
    data: answerFrame(factsOf(request, behavior, { count: 0, cutOff: false }), true, requestId),
  };
  return [error, ...delayed(behavior.errorEndDelayMs, [end])];
}

function closeActions({ closeCode: code, closeReason: reason }: RequestBehavior): Action[] {
  return code === null ? [] : [{ kind: 'close', code, reason }];
}

function nonTerminalFaults({ requestId }: GuideRequest, behavior: RequestBehavior): Action[] {
  const garbage = behavior.garbage === null ? [] : garbageActions(behavior.garbage, requestId);
  if (behavior.oversizeBytes === null) return garbage;
  return [...garbage, { kind: 'text', data: chunkFrames(requestId)('x'.repeat(behavior.oversizeBytes)) }];
}

function ending(
  request: GuideRequest,
  behavior: RequestBehavior,
  response: string,
  answer: { streamed: boolean; count: number; cutOff: boolean },
): Action[] {
  if (behavior.truncate) return [{ kind: 'close', code: 1000, reason: '' }];
  const facts = {
    ...(answer.streamed && behavior.finalWithoutResponse ? {} : { response }),
    ...factsOf(request, behavior, answer),
  };
  const final: Action = { kind: 'text', data: answerFrame(facts, answer.streamed, request.requestId) };
  const chunk = chunkFrames(request.requestId);
  const extra = Array.from({ length: behavior.extraFrames }, (_, i): Action => ({
    kind: 'text',
    data: chunk(` late ${i + 1}`),
  }));
  return [
    final,
    ...delayed(behavior.duplicateEndDelayMs, behavior.duplicateEnd ? [final] : []),
    ...delayed(behavior.extraFramesDelayMs, extra),
  ];
}

function factsOf(
  request: GuideRequest,
  behavior: RequestBehavior,
  answer: { count: number; cutOff: boolean },
): Omit<AnswerFacts, 'response'> {
  const promptTokens = tokenize(request.message.slice(0, 100_000)).length;
  return {
    tokens_used: promptTokens + answer.count,
    model: request.model ?? 'mock-llm',
    finish_reason: behavior.finishReason ?? (answer.cutOff ? 'length' : 'completed'),
    metadata: {
      prompt_tokens: promptTokens,
      completion_tokens: answer.count,
      history_messages: request.history.length,
    },
  };
}
