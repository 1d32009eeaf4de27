import { type EmptyAnswerPolicy } from '../protocols/empty-answer.js';
import { type LlmCredentials } from '../protocols/protocol-context.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { type ReuseSetting } from '../transport/reuse/endpoint-reuse.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { type BalancerName } from './balance/create-balancer.js';
import { breakerDefaults, type BreakerOptions } from './breaker/breaker.js';
import { retryDefaults, type RetryOptions } from './retry/failover-plan.js';
import { retryBudgetDefaults, type RetryBudgetOptions } from './retry/retry-budget.js';

/** An address that takes more or less than the others of its route. */
export interface WeightedEndpoint {
  url: string;
  /** Above 0; 1 if left out. */
  weight?: number | undefined;
}

/** Endpoints that answer interchangeably. */
export interface RouteOptions {
  name: string;
  /** `ws:` or `wss:` addresses, at least one; with a weight where some can take more than others. */
  endpoints: readonly (string | WeightedEndpoint)[];
  /** Sent when a request names no model. */
  model: string;
  /** What the endpoints speak: the name of a shipped protocol or of one in `protocols`, or the thing itself. `guide` if left out. */
  protocol?: string | LlmProtocol | undefined;
  /** Most requests in flight on one connection, instead of the transport's. */
  requestsPerConnection?: number | undefined;
  /** Which connections may be reused; left out: the transport's setting. */
  reuse?: ReuseSetting | undefined;
  /** `least_loaded` if left out. */
  balancer?: BalancerName | undefined;
  /** Instead of the protocol's and the client's. */
  emptyAnswer?: EmptyAnswerPolicy | undefined;
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
  /** For a connection to become free. While there is another endpoint to turn to, at most half of what is left. */
  queueMs: number;
}

/** Asking a second endpoint when the first one is slower to answer than it uses to be. */
export interface HedgingOptions {
  isOn: boolean;
  /** The part of the requests that may be asked twice, from 0 to 1. */
  ratio: number;
  /** Times to first token that an endpoint must have shown before it can be late. */
  minSamples: number;
}

export interface LlmClientOptions {
  /** The fallback chain: the primary route first. */
  routes: readonly RouteOptions[];
  /** Protocols of your own, which routes name. */
  protocols?: readonly LlmProtocol[];
  /** Answered when every route has failed. */
  fallbackReply?: string | undefined;
  timeouts?: Partial<LlmTimeouts>;
  retry?: Partial<RetryOptions>;
  retryBudget?: Partial<RetryBudgetOptions>;
  breaker?: Partial<BreakerOptions>;
  hedging?: Partial<HedgingOptions>;
  transport?: Partial<TransportOptions>;
  /** Longest answer, in characters. */
  maxAnswerChars?: number;
  /** How an answer without text is treated if neither route nor protocol says so. */
  emptyAnswer?: EmptyAnswerPolicy | undefined;
  /** Texts that must not show up in answers and errors, beside those that the routes hold. */
  secrets?: readonly string[];
}

/** The one place where this library's defaults stand. */
export const llmDefaults = {
  timeouts: { totalMs: 30_000, firstTokenMs: 10_000, idleMs: 10_000, queueMs: 30_000 } satisfies LlmTimeouts,
  retry: retryDefaults,
  retryBudget: retryBudgetDefaults,
  breaker: breakerDefaults,
  hedging: { isOn: false, ratio: 0.05, minSamples: 20 } satisfies HedgingOptions as HedgingOptions,
  transport: transportDefaults,
  maxAnswerChars: 4 * 1024 * 1024,
  emptyAnswer: 'retry' satisfies EmptyAnswerPolicy as EmptyAnswerPolicy,
} as const;
