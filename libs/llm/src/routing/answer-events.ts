import { type AnswerEnd } from '../protocols/answer-assembly.js';
import { type AnswerText } from '../protocols/answer-text.js';
import { type Endpoint } from './endpoint.js';
import { type LlmCompletion, type LlmEvent, type LlmSource } from './llm-event.js';

/** Where an answer comes from. */
export interface AnswerOrigin {
  endpoint: Endpoint;
  /** Returns the number of the next text version, for a `restart` event. */
  nextVersion: () => number;
  source: LlmSource;
}

/** The events at the end of a complete answer: the text that was not yet emitted, then `end`. */
export function completionEvents(text: AnswerText, end: AnswerEnd, origin: AnswerOrigin): LlmEvent[] {
  const events: LlmEvent[] = [];
  const last = end.lastPiece === undefined ? '' : text.push(end.lastPiece);
  if (last !== '') events.push({ type: 'delta', text: last });
  const { text: whole, rest, replaced } = text.finish(end.text);
  if (replaced) events.push(restartEvent(origin.nextVersion(), origin.endpoint, 'replaced'));
  if (rest !== '') events.push({ type: 'delta', text: rest });
  events.push({
    type: 'end',
    completion: {
      text: whole,
      source: origin.source,
      model: end.model ?? origin.endpoint.model,
      finishReason: end.finishReason,
      usage: end.usage ?? null,
      metadata: end.metadata ?? {},
    },
  });
  return events;
}

/** The events of the fallback reply. */
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

/** The event after which the text starts over, with an answer of the given endpoint. */
export function restartEvent(
  attempt: number,
  { name, label }: Pick<Endpoint, 'name' | 'label'>,
  reason: string,
): LlmEvent {
  return { type: 'restart', attempt, endpoint: name, endpointLabel: label, reason };
}
