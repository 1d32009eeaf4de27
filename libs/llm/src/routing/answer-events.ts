import { type AnswerEnd } from '../protocols/answer-assembly.js';
import { type AnswerText } from '../protocols/answer-text.js';
import { type Endpoint } from './endpoint.js';
import { type LlmCompletion, type LlmEvent, type LlmSource } from './llm-event.js';

/** Who says the end of an answer. */
export interface AnswerOrigin {
  endpoint: Endpoint;
  /** A number for a text that starts over. */
  nextVersion: () => number;
  source: LlmSource;
}

/** The events at the end of a whole answer: the text not shown yet, then the completion. */
export function completionEvents(text: AnswerText, end: AnswerEnd, by: AnswerOrigin): LlmEvent[] {
  const events: LlmEvent[] = [];
  const last = end.lastPiece === undefined ? '' : text.push(end.lastPiece);
  if (last !== '') events.push({ type: 'delta', text: last });
  const { text: whole, rest, replaced } = text.finish(end.text);
  if (replaced) events.push(restart(by.nextVersion(), by.endpoint, 'replaced'));
  if (rest !== '') events.push({ type: 'delta', text: rest });
  events.push({
    type: 'end',
    completion: {
      text: whole,
      source: by.source,
      model: end.model ?? by.endpoint.model,
      finishReason: end.finishReason,
      usage: end.usage ?? null,
      metadata: end.metadata ?? {},
    },
  });
  return events;
}

/** The canned reply, as events. */
export function fallbackReplyEvents(reply: string): LlmEvent[] {
  const completion: LlmCompletion = {
    text: reply,
    source: 'fallback',
    model: null,
    finishReason: 'fallback_reply',
    usage: null,
    metadata: {},
  };
  return [
    { type: 'delta', text: reply },
    { type: 'end', completion },
  ];
}

/** The text starts over; `endpoint` is asked now. */
export function restart(
  attempt: number,
  { name, label }: Pick<Endpoint, 'name' | 'label'>,
  reason: string,
): LlmEvent {
  return { type: 'restart', attempt, endpoint: name, endpointLabel: label, reason };
}
