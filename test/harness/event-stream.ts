import { EventParser } from '#testing';

/** One server-sent event with its data parsed. */
export interface ReceivedEvent {
  id: string;
  event: string;
  data: EventData;
}

/** The members that tests read. Which of them exist depends on the type. */
export interface EventData {
  type: string;
  run_id: string;
  message_id: string;
  offset: number;
  delta: string;
  attempt: number;
  endpoint: string;
  reason: string;
  keep_chars: number;
  message: Record<string, unknown> & { content: string; status: string };
  reply: Record<string, unknown> & { id: string };
  run: Record<string, unknown> & { status: string };
}

/** Yields the events of a response as they arrive. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  const events: ReceivedEvent[] = [];
  const parser = new EventParser(({ id, type, data }) =>
    events.push({ id, event: type, data: JSON.parse(data) as EventData }),
  );
  for await (const bytes of response.body!) {
    parser.push(decoder.decode(bytes as Uint8Array, { stream: true }));
    yield* events.splice(0);
  }
}

/** All events until the stream ends. */
export async function allEvents(response: Response): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

/** The text that a reader has at the end: all deltas, cut to `keep_chars` at each `run.retrying`. @throws Error for a gap */
export function textOf(events: readonly ReceivedEvent[]): string {
  let text = '';
  for (const { event, data } of events) {
    if (event === 'run.retrying') text = text.slice(0, data.keep_chars);
    if (event === 'message.delta') {
      if (data.offset !== text.length)
        throw new Error(`a gap: ${data.offset} after ${text.length} characters`);
      text += data.delta;
    }
  }
  return text;
}
