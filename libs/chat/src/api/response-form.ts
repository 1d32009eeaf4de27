/** How a caller wants the answer: as JSON once it is complete, as an event stream, or later (`async`: the run is returned). */
export type ResponseForm = 'json' | 'events' | 'async';

/** The parts of a request that select the form of the response. */
export interface ResponsePreferences {
  /** The `Accept` header. */
  accept?: string | undefined;
  /** The `Prefer` header. */
  prefer?: string | undefined;
  /** `settings.stream` of the body. */
  stream?: boolean | undefined;
}

/** The form of the response. `Prefer: respond-async` (RFC 7240) has priority over `Accept` and `settings.stream`. */
export function responseForm({ accept = '', prefer = '', stream }: ResponsePreferences): ResponseForm {
  if (/(^|[,;\s])respond-async($|[,;\s])/i.test(prefer)) return 'async';
  return stream === true || /\btext\/event-stream\b/i.test(accept) ? 'events' : 'json';
}
