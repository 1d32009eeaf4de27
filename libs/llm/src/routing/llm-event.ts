import { type ReducedFact } from '../protocols/answer-facts.js';
import { type LlmUsage } from '../protocols/protocol.js';

/** `primary`: the first route; `fallback`: another route or the canned reply. */
export type LlmSource = 'primary' | 'fallback';

/** A finished try of a request against one endpoint. */
export interface AttemptRecord {
  /** From 1, within the request. */
  number: number;
  route: string;
  /** The endpoint's address as operators may see it. */
  endpoint: string;
  /** The name of the endpoint for callers, such as `primary-1`. */
  endpointLabel: string;
  outcome: 'succeeded' | 'failed' | 'cancelled';
  errorCode: string | null;
  errorMessage: string | null;
  firstTokenMs: number | null;
  durationMs: number;
  startedAt: Date;
  /** Was the answer asked for piece by piece? Else its first token is the whole of it. */
  stream: boolean;
  /** Was it asked beside another one that was late? */
  isHedge: boolean;
  /** Asked for: the request's own model, or the route's. */
  model: string;
  /** Who answered, in the server's words; null when it did not say, or did not answer. */
  responseModel: string | null;
  usage: LlmUsage | null;
  /** The facts of the answer that were dropped, or changed to be within their bounds. */
  reduced: readonly ReducedFact[];
  /** The caller's name for the request. */
  label: string | null;
}

/** A whole answer. */
export interface LlmCompletion {
  text: string;
  source: LlmSource;
  /** Null for a canned reply. */
  model: string | null;
  finishReason: string;
  usage: LlmUsage | null;
  metadata: Readonly<Record<string, unknown>>;
}

/** What a streamed request yields, in order. The joined deltas since the last `restart` are the answer so far. */
export type LlmEvent =
  | { type: 'delta'; text: string }
  /**
   * What was shown so far is void and the text starts over: an endpoint failed in mid-answer and `endpoint` is
   * asked now, or the server's whole answer differs from its pieces (`reason: 'replaced'`).
   */
  | { type: 'restart'; attempt: number; endpoint: string; endpointLabel: string; reason: string }
  | { type: 'attempt'; attempt: AttemptRecord }
  | { type: 'end'; completion: LlmCompletion };
