import { type IncomingMessage } from 'node:http';
import { type ReadingEnd, type StreamEvent } from '../history/history.js';

/** The members of an event's data that are looked at; which of them are there depends on the type. */
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
 * @param onEvent told of each event as it comes; false: the reader goes away
 * @param patienceMs how long nothing may come, comments included
 */
export async function readEvents(
  response: IncomingMessage,
  patienceMs: number,
  onEvent: (event: StreamEvent) => boolean,
): Promise<ReadingEnd> {
  let isSilent = false;
  const patience = setTimeout(() => {
    isSilent = true;
    response.destroy();
  }, patienceMs);
  try {
    response.setEncoding('utf8');
    let rest = '';
    for await (const piece of response) {
      patience.refresh();
      const blocks = (rest + (piece as string)).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event !== undefined && !onEvent(event)) {
          response.destroy();
          return 'dropped';
        }
      }
    }
    return response.complete ? 'ended' : 'broken';
  } catch {
    return isSilent ? 'silent' : 'broken';
  } finally {
    clearTimeout(patience);
  }
}

/** One event in the form of WHATWG HTML, section 9.2; undefined for a comment. */
export function parseEvent(block: string): StreamEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const text = fields.get('data');
  if (text === undefined) return undefined;
  const type = fields.get('event') ?? '';
  return { id: fields.get('id') ?? '', type, ...detailsOf(type, JSON.parse(text) as EventData) };
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
