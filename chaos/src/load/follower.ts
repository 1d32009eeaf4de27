import { type IncomingMessage } from 'node:http';
import {
  type Cancel,
  type RunPoll,
  type Reader,
  type Reading,
  type StreamEvent,
} from '../history/history.js';
import { readEvents } from './event-reader.js';
import { type ReplicaConnections } from './replica-connections.js';
import { bodyOf } from './request.js';

/** For the headers, and for the body, of an answer that needs no LLM. */
const timeoutMs = 6_000;
/** How long a stream may send nothing before its reader asks another replica. */
const silenceMs = 8_000;

/**
 * Reads the events of one response.
 * @param drops its first number is removed: the reader closes the connection after so many events
 */
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

/** Follows a run from the reader's position to its end, with as many requests as that needs. */
export async function follow(
  reader: Reader,
  connections: ReplicaConnections,
  drops: number[],
): Promise<void> {
  while (!connections.isAborted && !isFinished(reader)) {
    const after = reader.readings.flatMap(({ events }) => events).at(-1)?.id;
    const inQuery = connections.random.chance(0.3);
    const { replica, result } = await connections.call({
      method: 'GET',
      path: `/api/runs/${reader.runId}/events${after !== undefined && inQuery ? `?starting_after=${after}` : ''}`,
      headers: after !== undefined && !inQuery ? { 'last-event-id': after } : {},
      timeoutMs,
    });
    if (result.outcome === 'answered' && result.status < 500) {
      const reading: Reading = { replica, after, status: result.status, events: [], end: 'ended' };
      reader.readings.push(reading);
      if (result.status === 200) {
        await readInto(reading, result.response, drops);
      } else {
        result.response.resume();
        return;
      }
    } else if (result.outcome === 'answered') {
      result.response.resume();
    }
    if (!isFinished(reader)) await connections.pause();
  }
}

/** Polls a run until it ends. @returns undefined if the requests were aborted before */
export async function pollUntilFinished(
  client: string,
  runId: string,
  connections: ReplicaConnections,
): Promise<RunPoll | undefined> {
  while (!connections.isAborted) {
    const { result } = await connections.call({ method: 'GET', path: `/api/runs/${runId}`, timeoutMs });
    if (result.outcome === 'answered') {
      const text = await bodyOf(result.response, timeoutMs);
      const run = text === undefined || result.status !== 200 ? undefined : (JSON.parse(text) as RunBody);
      if (run?.finished_at) return { client, runId, status: run.status };
      if (result.status === 404) return { client, runId, status: 'missing' };
    }
    await connections.pause();
  }
  return undefined;
}

/** Requests the cancellation of a run until that is answered. @returns all requests: one without an answer may also work */
export async function cancel(
  client: string,
  runId: string,
  connections: ReplicaConnections,
): Promise<Cancel[]> {
  const cancels: Cancel[] = [];
  while (!connections.isAborted) {
    const { result } = await connections.call({
      method: 'POST',
      path: `/api/runs/${runId}/cancel`,
      timeoutMs,
    });
    const isAnswered =
      result.outcome === 'answered' &&
      (await bodyOf(result.response, timeoutMs)) !== undefined &&
      result.status < 500;
    cancels.push({ client, runId, at: Date.now(), status: isAnswered ? result.status : undefined });
    if (isAnswered) break;
    await connections.pause();
  }
  return cancels;
}

interface RunBody {
  status: string;
  finished_at: string | null;
}

function isFinished({ readings }: Reader): boolean {
  return readings.at(-1)?.events.at(-1)?.type === 'run.finished';
}
