import { type EmptyAnswerPolicy } from '../protocols/empty-answer.js';
import { type LlmCredentials } from '../protocols/protocol-context.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { type ReuseSetting } from '../transport/reuse/endpoint-reuse.js';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.js';
import { type BalancerName } from './balance/create-balancer.js';
import { breakerDefaults, type BreakerOptions } from './breaker/breaker.js';
import { retryDefaults, type RetryOptions } from './retry/failover-plan.js';
import { retryBudgetDefaults, type RetryBudgetOptions } from './retry/retry-budget.js';

/** An endpoint with a relative capacity. */
export interface WeightedEndpoint {
  url: string;
  /** Relative to the other endpoints of the route; above 0; default: 1. */
  weight?: number | undefined;
}

/** A route: interchangeable endpoints with the same protocol and model. */
export interface RouteOptions {
  name: string;
  /** `ws:` or `wss:` addresses, at least one, optionally with weights. */
  endpoints: readonly (string | WeightedEndpoint)[];
  /** The model of requests that name none. */
  model: string;
  /** The name of a shipped protocol or of one in `protocols`, or a protocol object; default: `guide`. */
  protocol?: string | LlmProtocol | undefined;
  /** The maximum number of requests in flight on one connection, at least 1; default: the transport's. */
  requestsPerConnection?: number | undefined;
  /** Which connections may be reused; default: the transport's setting. */
  reuse?: ReuseSetting | undefined;
  /** Default: `least_loaded`. */
  balancer?: BalancerName | undefined;
  /** How an answer without text is treated; default: the protocol's policy, or else the client's. */
  emptyAnswer?: EmptyAnswerPolicy | undefined;
  credentials: LlmCredentials;
}

/** The time limits of one request, in milliseconds. */
export interface LlmTimeouts {
  /** For the whole request, including retries and fallbacks. */
  totalMs: number;
  /** From sending a streamed request to the first piece of its answer. */
  firstTokenMs: number;
  /** Between two pieces of a streamed answer. */
  idleMs: number;
  /** For getting a connection; at most half of the remaining time while another endpoint could be asked. */
  queueMs: number;
}

/** Hedging: a second endpoint is asked too if the first one is slower than usual; the first answer is used. */
export interface HedgingOptions {
  isOn: boolean;
  /** The maximum part of the requests that may be hedged, from 0 to 1. */
  ratio: number;
  /** The number of measured times to first token before an endpoint can count as slower than usual. */
  minSamples: number;
}

/** The options of an `LlmClient` and of `LlmModule`. Defaults: {@link llmDefaults}. */
export interface LlmClientOptions {
  /** The fallback chain, primary route first; at least one route. */
  routes: readonly RouteOptions[];
  /** Custom protocols that routes may name. */
  protocols?: readonly LlmProtocol[];
  /** The text to answer with when every route has failed; default: the request fails. */
  fallbackReply?: string | undefined;
  timeouts?: Partial<LlmTimeouts>;
  retry?: Partial<RetryOptions>;
  retryBudget?: Partial<RetryBudgetOptions>;
  breaker?: Partial<BreakerOptions>;
  hedging?: Partial<HedgingOptions>;
  transport?: Partial<TransportOptions>;
  /** The maximum length of an answer, in characters. */
  maxAnswerChars?: number;
  /** How an answer without text is treated if neither the route nor its protocol defines it. */
  emptyAnswer?: EmptyAnswerPolicy | undefined;
  /** Further texts to redact in answers and errors, in addition to the secrets of the routes. */
  secrets?: readonly string[];
}

/** The defaults of this library. */
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
