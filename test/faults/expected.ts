import { type Caller, type Fault, type Alternative, type Timing } from './fault.js';

/** The result that a caller must receive. */
export interface Expected {
  /**
   * `whole`: the complete answer of one server; `refused`: 422 with the server's error code; `not_served`: 502, no model can
   * serve the request; `unavailable`: 503. A stream ends as failed or incomplete in all cases but the first.
   */
  result: 'whole' | 'refused' | 'not_served' | 'unavailable';
  /** Whether the stream has a `run.retrying` event; undefined if both are correct. */
  retrying: boolean | undefined;
}

/** The HTTP status of a plain response for each result. */
export const statusOf = { whole: 200, refused: 422, not_served: 502, unavailable: 503 } as const;

/** Error codes of requests that are themselves at fault: the response is 422 with the server's code. */
const refusals = [
  'content_policy_violation',
  'invalid_request',
  'request_rejected',
  'policy_violation',
  'context_length_exceeded',
];

/** The result that a fault must have for a caller. */
export function expected(fault: Fault, timing: Timing, caller: Caller, alternative: Alternative): Expected {
  const isShown = caller === 'streamed' && timing === 'after';
  const isRefusal = fault.codes.some((code) => refusals.includes(code));
  switch (fault.effect) {
    case 'harmless':
      return { result: 'whole', retrying: false };
    case 'refused':
      return { result: 'refused', retrying: false };
    case 'wrong_model':
      if (alternative === 'fallback route') return { result: 'whole', retrying: isShown };
      return { result: isRefusal ? 'refused' : 'not_served', retrying: false };
    case 'failed':
      if (alternative !== 'none' || fault.times !== undefined) return { result: 'whole', retrying: isShown };
      return { result: 'unavailable', retrying: isShown ? undefined : false };
  }
}
