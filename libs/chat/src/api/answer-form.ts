/** How a caller wants to hear of an answer: wait for it, follow it, or come back for it. */
export type AnswerForm = 'json' | 'events' | 'async';

/** What a request says about it. */
export interface AnswerWish {
  accept?: string | undefined;
  prefer?: string | undefined;
  /** `settings.stream` of the body. */
  stream?: boolean | undefined;
}

/** `Prefer: respond-async` (RFC 7240) comes first, then an accepted event stream or `settings.stream`. */
export function answerForm({ accept = '', prefer = '', stream }: AnswerWish): AnswerForm {
  if (/(^|[,;\s])respond-async($|[,;\s])/i.test(prefer)) return 'async';
  return stream === true || /\btext\/event-stream\b/i.test(accept) ? 'events' : 'json';
}
