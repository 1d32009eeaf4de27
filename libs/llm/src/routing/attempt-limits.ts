import { type EmptyAnswerPolicy } from '../protocols/empty-answer.js';
import { type ProtocolLimits } from '../protocols/connection-rules.js';
import { type LlmTimeouts } from './llm-options.js';

/** A time limit, and the setting that it comes from, for error messages. */
export interface TimeLimit {
  ms: number;
  setting: string;
}

/** The bounds of an attempt. */
export interface AttemptLimits {
  /** For getting a connection. */
  queue: TimeLimit;
  /** From sending the request to the first piece of the answer. */
  firstToken: TimeLimit;
  /** Between two pieces. */
  idle: TimeLimit;
  /** From sending the request to the end of the answer, in addition to the request's deadline; default: none. */
  total?: TimeLimit | undefined;
  /** The maximum length of the answer, in characters, plus 16 for each delta. */
  maxAnswerChars: number;
  /** How an answer without text is treated. */
  emptyAnswer: EmptyAnswerPolicy;
}

/** What the time limits of an attempt depend on. */
export interface AttemptSituation {
  timeouts: LlmTimeouts;
  /** The limits of the protocol, instead of those of the client. */
  limits: ProtocolLimits;
  /** Whether the first piece of the answer shows progress: a streamed answer, or a protocol that always streams. */
  streams: boolean;
  /** The time until the request's deadline, in ms. */
  leftMs: number;
  /** Whether another endpoint could still be asked. */
  hasAlternative: boolean;
}

/** How much later than the request's deadline a limit is that must not expire before it. */
const afterDeadlineMs = 1_000;

/**
 * The time limits of an attempt. An answer in one piece shows no progress before it is complete. While another endpoint could
 * still be asked, such an attempt may therefore use at most half of the remaining time. The same bound applies to waiting for
 * a connection.
 */
export function attemptTimeLimits(
  situation: AttemptSituation,
): Pick<AttemptLimits, 'queue' | 'firstToken' | 'idle' | 'total'> {
  const { timeouts, limits, streams, leftMs, hasAlternative } = situation;
  const share: TimeLimit = hasAlternative
    ? { ms: leftMs / 2, setting: 'half of what LLM_TIMEOUT leaves' }
    : { ms: leftMs, setting: 'what LLM_TIMEOUT leaves' };
  const queue = { ms: timeouts.queueMs, setting: 'LLM_QUEUE_TIMEOUT' };
  return {
    queue: queue.ms <= share.ms ? queue : share,
    firstToken: streams
      ? limitOf(limits.firstTokenMs, 'first_token', timeouts.firstTokenMs, 'LLM_FIRST_TOKEN_TIMEOUT')
      : // Without an alternative the deadline of the request ends the attempt: this limit must not expire just before it.
        { ...share, ms: hasAlternative ? share.ms : share.ms + afterDeadlineMs },
    idle: limitOf(limits.idleMs, 'idle', timeouts.idleMs, 'LLM_IDLE_TIMEOUT'),
    total: limits.totalMs === undefined ? undefined : { ms: limits.totalMs, setting: settingOf('total') },
  };
}

function limitOf(ofProtocol: number | undefined, key: string, ofClient: number, variable: string): TimeLimit {
  return ofProtocol === undefined
    ? { ms: ofClient, setting: variable }
    : { ms: ofProtocol, setting: settingOf(key) };
}

function settingOf(key: string): string {
  return `limits.${key} of the protocol description`;
}
