import { type Caller, type Fault, type Others, type Place } from './fault.js';

/**
 * What a caller has to get:
 * `whole`: one server's whole answer; `refused`: 422 with the code; `unavailable`: 503, or an answer that ended as
 * failed or incomplete.
 */
export interface Expected {
  got: 'whole' | 'refused' | 'unavailable';
  /** The stream says `run.retrying`; undefined where both are right. */
  retrying: boolean | undefined;
}

/** Errors that are the caller's to mend: the answer is 422 with the provider's own code. */
const refusals = [
  'content_policy_violation',
  'invalid_request',
  'request_rejected',
  'policy_violation',
  'context_length_exceeded',
];

export function expected(fault: Fault, place: Place, caller: Caller, others: Others): Expected {
  const isShown = caller === 'streamed' && place === 'after';
  const isRefusal = fault.codes.some((code) => refusals.includes(code));
  switch (fault.verdict) {
    case 'harmless':
      return { got: 'whole', retrying: false };
    case 'refused':
      return { got: 'refused', retrying: false };
    case 'wrong_model':
      if (others === 'fallback route') return { got: 'whole', retrying: isShown };
      return { got: isRefusal ? 'refused' : 'unavailable', retrying: false };
    case 'failed':
      if (others !== 'nobody' || fault.times !== undefined) return { got: 'whole', retrying: isShown };
      return { got: 'unavailable', retrying: isShown ? undefined : false };
  }
}
