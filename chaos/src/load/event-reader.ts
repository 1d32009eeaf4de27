import { EventParser, type ServerSentEvent } from '#testing';
import { type IncomingMessage } from 'node:http';
import { type ReadingEnd, type StreamEvent } from '../history/history.js';

/** The members of an event's data that are read. Which of them exist depends on the type. */
interface EventData {
  run_id?: string;
  message_id?: string;
  offset?: number;
  delta?: string;
  attempt?: number;
  keep_chars?: number;
  message?: { id: string; conversation_id: string; content: string; status: string };
  run?: { status: string };
}

/**
 * Reads the events of a response until it ends.
 * @param silenceMs ends the reading as `silent` when nothing arrives for so long, not even a comment
 * @param onEvent called with each event as it arrives; false ends the reading as `dropped`
 */
export async function readEvents(
  response: IncomingMessage,
  silenceMs: number,
  onEvent: (event: StreamEvent) => boolean,
): Promise<ReadingEnd> {
  let isSilent = false;
  const timer = setTimeout(() => {
    isSilent = true;
    response.destroy();
  }, silenceMs);
  try {
    response.setEncoding('utf8');
    const events: StreamEvent[] = [];
    const parser = new EventParser((event) => events.push(eventOf(event)));
    for await (const text of response) {
      timer.refresh();
      parser.push(text as string);
      for (const event of events.splice(0)) {
        if (onEvent(event)) continue;
        response.destroy();
        return 'dropped';
      }
    }
    return response.complete ? 'ended' : 'broken';
  } catch {
    return isSilent ? 'silent' : 'broken';
  } finally {
    clearTimeout(timer);
  }
}

/** The members of an event that the checker needs. */
export function eventOf({ id, type, data }: ServerSentEvent): StreamEvent {
  return { id, type, ...detailsOf(type, JSON.parse(data) as EventData) };
}

function detailsOf(type: string, data: EventData): Omit<StreamEvent, 'id' | 'type'> {
  const {
    run_id: runId = '',
    message_id: replyId = '',
    offset,
    delta,
    attempt,
    keep_chars: keepChars,
    message,
    run,
  } = data;
  const ids = { runId, replyId };
  if (type === 'message.delta') return { ...ids, offset: offset ?? -1, delta: delta ?? '' };
  if (type === 'run.retrying') return { ...ids, attempt: attempt ?? -1, keepChars: keepChars ?? 0 };
  if (type === 'message.created')
    return { ...ids, userId: message?.id ?? '', conversationId: message?.conversation_id ?? '' };
  if (type === 'run.finished') return { ...ids, status: run?.status ?? '' };
  return message === undefined ? ids : { ...ids, content: message.content, status: message.status };
}
