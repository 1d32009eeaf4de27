import { type IncomingMessage } from 'node:http';
import { type Cancel, type Look, type Reader, type Reading, type StreamEvent } from '../history/history.js';
import { readEvents } from './event-reader.js';
import { type Link } from './link.js';
import { bodyOf } from './request.js';

/** For an answer that needs no LLM. */
const patienceMs = 6_000;
/** How long a stream may be silent before its reader asks elsewhere. */
const silenceMs = 8_000;

/** Reads one response with events; `drops` loses its first number, after which many events the reader goes away. */
export async function readInto(
  reading: Reading,
  response: IncomingMessage,
  drops: number[],
  onEvent: (event: StreamEvent) => void = () => undefined,
): Promise<void> {
  const most = drops.shift() ?? Infinity;
  reading.end = await readEvents(response, silenceMs, (event) => {
    reading.events.push(event);
    onEvent(event);
    return event.type === 'run.finished' || reading.events.length < most;
  });
}

/** Follows a run to its end, from wherever the reader is, on as many replicas as it takes. */
export async function follow(reader: Reader, link: Link, drops: number[]): Promise<void> {
  while (!link.isOver && !isFinished(reader)) {
    const after = reader.readings.flatMap(({ events }) => events).at(-1)?.id;
    const inQuery = link.random.chance(0.3);
    const { replica, reached } = await link.call({
      method: 'GET',
      path: `/api/runs/${reader.runId}/events${after !== undefined && inQuery ? `?starting_after=${after}` : ''}`,
      headers: after !== undefined && !inQuery ? { 'last-event-id': after } : {},
      patienceMs,
    });
    if (reached.outcome === 'answered' && reached.status < 500) {
      const reading: Reading = { replica, after, status: reached.status, events: [], end: 'ended' };
      reader.readings.push(reading);
      if (reached.status === 200) {
        await readInto(reading, reached.response, drops);
      } else {
        reached.response.resume();
        return;
      }
    } else if (reached.outcome === 'answered') {
      reached.response.resume();
    }
    if (!isFinished(reader)) await link.pause();
  }
}

/** Asks after a run until it is over. Undefined if the client had to give up. */
export async function lookUntilOver(client: string, runId: string, link: Link): Promise<Look | undefined> {
  while (!link.isOver) {
    const { reached } = await link.call({ method: 'GET', path: `/api/runs/${runId}`, patienceMs });
    if (reached.outcome === 'answered') {
      const text = await bodyOf(reached.response, patienceMs);
      const run = text === undefined || reached.status !== 200 ? undefined : (JSON.parse(text) as RunBody);
      if (run?.finished_at) return { client, runId, status: run.status };
      if (reached.status === 404) return { client, runId, status: 'gone' };
    }
    await link.pause();
  }
  return undefined;
}

/** Cancels a run, until that is answered. Every wish counts, also one that nobody answered. */
export async function cancel(client: string, runId: string, link: Link): Promise<Cancel[]> {
  const wishes: Cancel[] = [];
  while (!link.isOver) {
    const { reached } = await link.call({ method: 'POST', path: `/api/runs/${runId}/cancel`, patienceMs });
    const isAnswered =
      reached.outcome === 'answered' &&
      (await bodyOf(reached.response, patienceMs)) !== undefined &&
      reached.status < 500;
    wishes.push({ client, runId, at: Date.now(), status: isAnswered ? reached.status : undefined });
    if (isAnswered) break;
    await link.pause();
  }
  return wishes;
}

interface RunBody {
  status: string;
  finished_at: string | null;
}

function isFinished({ readings }: Reader): boolean {
  return readings.at(-1)?.events.at(-1)?.type === 'run.finished';
}
