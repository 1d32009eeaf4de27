import { type ReducedFact } from '../protocols/answer-facts.js';
import { type LlmUsage } from '../protocols/protocol.js';

/** `primary`: the first route; `fallback`: another route or the fallback reply. */
export type LlmSource = 'primary' | 'fallback';

/** The record of a finished attempt: one try of a request at one endpoint. */
export interface AttemptRecord {
  /** From 1, within the request. */
  number: number;
  route: string;
  /** The endpoint's address without credentials, for operators. */
  endpoint: string;
  /** The endpoint's name for callers, such as `primary-1`. */
  endpointLabel: string;
  outcome: 'succeeded' | 'failed' | 'cancelled';
  errorCode: string | null;
  errorMessage: string | null;
  /** From the start of the attempt to the first piece of the answer; null if none arrived. */
  firstTokenMs: number | null;
  durationMs: number;
  startedAt: Date;
  /** Whether a streamed answer was requested. In a plain answer, the first piece is the whole answer. */
  stream: boolean;
  /** Whether the attempt was a hedge: started while a slower attempt was still running. */
  isHedge: boolean;
  /** The requested model: the request's own, or else the route's. */
  model: string;
  /** The model that the server reported; null if it reported none. */
  responseModel: string | null;
  usage: LlmUsage | null;
  /** The facts of the answer that were dropped or changed because they exceeded their bounds. */
  reduced: readonly ReducedFact[];
  /** `CallOptions.label` of the request. */
  label: string | null;
}

/** A complete answer. */
export interface LlmCompletion {
  text: string;
  source: LlmSource;
  /** Null for the fallback reply. */
  model: string | null;
  finishReason: string;
  usage: LlmUsage | null;
  metadata: Readonly<Record<string, unknown>>;
}

/** An event of a streamed request. The joined deltas since the last `restart` are the answer so far; `end` is the last event. */
export type LlmEvent =
  | { type: 'delta'; text: string }
  /**
   * The text so far is void and starts over. Either an attempt failed in mid-answer and `endpoint` is asked next (`reason`
   * is the error code), or the server replaced its own text (`reason` is `replaced`). `attempt` numbers the versions of the
   * text; it rises, and may skip numbers.
   */
  | { type: 'restart'; attempt: number; endpoint: string; endpointLabel: string; reason: string }
  /** An attempt has finished. */
  | { type: 'attempt'; attempt: AttemptRecord }
  | { type: 'end'; completion: LlmCompletion };
