/** How a caller wants to hear of an answer: wait for it, follow it, or come back for it. */
export type ResponseForm = 'json' | 'events' | 'async';

/** What a request says about it. */
export interface ResponsePreferences {
  accept?: string | undefined;
  prefer?: string | undefined;
  /** `settings.stream` of the body. */
  stream?: boolean | undefined;
}

/** `Prefer: respond-async` (RFC 7240) comes first, then an accepted event stream or `settings.stream`. */
export function responseForm({ accept = '', prefer = '', stream }: ResponsePreferences): ResponseForm {
  if (/(^|[,;\s])respond-async($|[,;\s])/i.test(prefer)) return 'async';
  return stream === true || /\btext\/event-stream\b/i.test(accept) ? 'events' : 'json';
}
