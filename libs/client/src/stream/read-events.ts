import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ConnectionError } from '../errors.js';
import { type RunEvent } from '../objects/run-event.js';

/** An event with its id, which is its position in the run: a resumed stream starts after it. */
export interface IdentifiedEvent {
  id: string;
  event: RunEvent;
}

const knownTypes: ReadonlySet<string> = new Set<RunEvent['type']>([
  'run.started',
  'message.created',
  'message.delta',
  'run.retrying',
  'message.completed',
  'message.failed',
  'message.cancelled',
  'message.incomplete',
  'run.finished',
]);

/**
 * Parses the events of a response. Yields a list for each chunk of data that has events, without events of unknown types.
 * Closes the response when the caller stops iterating.
 * @param silenceMs maximum time without any data, in ms; the server sends a comment every 15 s
 * @throws ConnectionError `silent`, `cut` or `unreadable`
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<IdentifiedEvent[], void, undefined> {
  let events: IdentifiedEvent[] = [];
  const parser = createParser({ onEvent: (message) => events.push(...identified(message)) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await withSilenceLimit(reader.read(), silenceMs);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      if (events.length === 0) continue;
      yield events;
      events = [];
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

function identified({ id, data }: EventSourceMessage): IdentifiedEvent[] {
  const event = parse(data);
  return knownTypes.has(event.type) ? [{ id: id ?? '', event }] : [];
}

function parse(data: string): RunEvent {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === 'object' && value !== null && 'type' in value) return value as RunEvent;
  } catch (error) {
    throw new ConnectionError('unreadable', 'An event of the stream is not JSON', { cause: error });
  }
  throw new ConnectionError('unreadable', 'An event of the stream has no type');
}

async function withSilenceLimit<T>(reading: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const error = new ConnectionError('silent', `No data arrived for ${silenceMs} ms`);
    timer = setTimeout(() => reject(error), silenceMs);
  });
  try {
    return await Promise.race([reading, silence]);
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    throw new ConnectionError('cut', 'The connection was cut', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
