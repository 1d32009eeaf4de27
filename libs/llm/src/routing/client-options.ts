import { type LlmCredentials, type LlmProtocol } from '../protocols/protocol.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { breakerDefaults, type BreakerOptions } from './breaker.js';
import { retryDefaults, type RetryOptions } from './failover-plan.js';

/** Endpoints that answer interchangeably. */
export interface RouteOptions {
  name: string;
  /** `ws:` or `wss:` addresses; at least one. */
  urls: readonly string[];
  /** Sent when a request names no model. */
  model: string;
  /** The guide protocol if left out. */
  protocol?: LlmProtocol;
  credentials: LlmCredentials;
}

/** Time limits of one request, in milliseconds. */
export interface LlmTimeouts {
  /** Everything together, retries and fallbacks included. */
  totalMs: number;
  /** From sending a streamed request to its first frame. */
  firstTokenMs: number;
  /** Between two frames of a streamed answer. */
  idleMs: number;
}

export interface LlmClientOptions {
  /** The fallback chain: the primary route first. */
  routes: readonly RouteOptions[];
  /** Answered when every route has failed. */
  fallbackReply?: string | undefined;
  timeouts?: Partial<LlmTimeouts>;
  retry?: Partial<RetryOptions>;
  breaker?: Partial<BreakerOptions>;
  transport?: Partial<TransportOptions>;
  /** Longest answer, in characters. */
  maxAnswerChars?: number;
}

/** The one place where this library's defaults stand. */
export const llmDefaults = {
  timeouts: { totalMs: 30_000, firstTokenMs: 10_000, idleMs: 10_000 } satisfies LlmTimeouts,
  retry: retryDefaults,
  breaker: breakerDefaults,
  transport: transportDefaults,
  maxAnswerChars: 4 * 1024 * 1024,
} as const;
