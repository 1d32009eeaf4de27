import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ConnectionError } from '../errors.js';
import { type RunEvent } from '../objects/run-event.js';

/** An event with its place in the run, which is what a resumed stream starts after. */
export interface PlacedEvent {
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
 * The events of a response, a list for each piece that arrives. Types that are not known here are left out.
 * Closes the response when its reader leaves.
 * @param silenceMs the server sends a comment every 15 s; nothing at all for so long means that it is gone
 * @throws ConnectionError `silent`, `cut` or `unreadable`
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
): AsyncGenerator<PlacedEvent[], void, undefined> {
  let events: PlacedEvent[] = [];
  const parser = createParser({ onEvent: (message) => events.push(...placed(message)) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read(), silenceMs);
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

function placed({ id, data }: EventSourceMessage): PlacedEvent[] {
  const event = parse(data);
  return knownTypes.has(event.type) ? [{ id: id ?? '', event }] : [];
}

function parse(data: string): RunEvent {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === 'object' && value !== null && 'type' in value) return value as RunEvent;
  } catch (error) {
    throw new ConnectionError('unreadable', 'The stream has an event that is no JSON', { cause: error });
  }
  throw new ConnectionError('unreadable', 'The stream has an event without a type');
}

async function orSilence<T>(reading: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const error = new ConnectionError('silent', `Nothing came for ${silenceMs} ms`);
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
