import { type Caller, type Fault, type Others, type Place } from './fault.js';

/**
 * What a caller has to get:
 * `whole`: one server's whole answer; `refused`: 422 with the code; `not_served`: 502, no model that there is can do it;
 * `unavailable`: 503. In a stream all but the first end as failed or incomplete.
 */
export interface Expected {
  got: 'whole' | 'refused' | 'not_served' | 'unavailable';
  /** The stream says `run.retrying`; undefined where both are right. */
  retrying: boolean | undefined;
}

/** HTTP status for a caller who waits. */
export const statusOf = { whole: 200, refused: 422, not_served: 502, unavailable: 503 } as const;

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
      return { got: isRefusal ? 'refused' : 'not_served', retrying: false };
    case 'failed':
      if (others !== 'nobody' || fault.times !== undefined) return { got: 'whole', retrying: isShown };
      return { got: 'unavailable', retrying: isShown ? undefined : false };
  }
}
