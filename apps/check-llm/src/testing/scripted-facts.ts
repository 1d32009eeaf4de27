import { connectionDefaults, LlmServerError, type ConnectionRules } from '#llm';
import { type Answer } from '../connection/answer.js';
import { type LateFrame } from '../connection/late-frame.js';
import { type RecordedFrame } from '../connection/recorded-connection.js';
import { type Expectations } from '../judge/expectations.js';

/** Expectations of a guide server with default settings, except the given ones. */
export function expectations(
  changes: Partial<Expectations> = {},
  rules: Partial<ConnectionRules> = {},
): Expectations {
  return {
    protocol: 'guide',
    rules: { ...connectionDefaults, ...rules },
    hasHandshake: false,
    hasKey: false,
    model: 'm',
    multiplex: false,
    reuse: 'settled',
    emptyAnswer: 'retry',
    maxConnections: 100,
    connectTimeoutMs: 5_000,
    firstTokenTimeoutMs: 15_000,
    idleTimeoutMs: 15_000,
    timeoutMs: 60_000,
    maxTokens: 1_000,
    ownLimits: [],
    ...changes,
  };
}

/** A complete answer `one two` in two pieces, of 2 tokens, after 200 ms, except for the given facts. */
export function answer(changes: Partial<Answer> = {}): Answer {
  return {
    question: 'Count.',
    frames: [],
    text: 'one two',
    streamedText: 'one two',
    pieces: 2,
    replaced: 0,
    firstMs: 100,
    endMs: 200,
    longestGapMs: 50,
    end: { type: 'end', finishReason: 'completed', usage: { outputTokens: 2 }, model: 'm' },
    error: undefined,
    errorReach: undefined,
    failure: undefined,
    closed: undefined,
    undecodable: [],
    frameProblem: undefined,
    late: [],
    ...changes,
  };
}

/** An answer that did not end, except for the given facts. */
export function incomplete(changes: Partial<Answer>): Answer {
  return answer({
    text: '',
    streamedText: '',
    pieces: 0,
    firstMs: undefined,
    endMs: undefined,
    end: undefined,
    ...changes,
  });
}

/** An error of the server with this code. */
export function serverError(code: string, message = 'because'): LlmServerError {
  return new LlmServerError(code, message);
}

/** A late frame with this text, without an id unless `hasId`. */
export function late(text: string, afterMs = 10, hasId = false): LateFrame {
  return { text, afterMs, hasId };
}

/** A frame of the server with this text. */
export function received(text: string): RecordedFrame {
  return { direction: 'received', atMs: 0, text };
}

/** A frame to the server with this text. */
export function sent(text: string): RecordedFrame {
  return { direction: 'sent', atMs: 0, text };
}
