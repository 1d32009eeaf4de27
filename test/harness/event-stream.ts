/** One server-sent event as it came. */
export interface ReceivedEvent {
  id: string;
  event: string;
  data: EventData;
}

/** The members that the tests look at; which of them are there depends on the type. */
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

/** The events of a response, as they come. A comment line is no event. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body!) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const block = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (!block.startsWith(':')) yield parseEvent(block);
    }
  }
}

/** Every event until the stream ends. */
export async function allEvents(response: Response): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for await (const event of readEvents(response)) events.push(event);
  return events;
}

/** The text that a reader ends up with: deltas at their offsets, started over where the stream says so. */
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

function parseEvent(block: string): ReceivedEvent {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]),
  );
  return { id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data ?? '') as EventData };
}
