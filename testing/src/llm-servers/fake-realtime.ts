import { type RealtimeResponse, type RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { type WebSocket } from 'ws';
import { type OnFrame } from './scripted-server.js';

/** How the fake answers a request. */
export interface FakeRealtimeAnswer {
  pieces?: readonly string[];
  /** `incomplete`: too many tokens; `never`: the answer ends only when it is cancelled. */
  end?: 'completed' | 'incomplete' | 'failed' | 'never';
  /** Sent in place of an answer, with the client's event id. */
  error?: { type: string; code: string; message: string };
  /** Sent before the end; an event that belongs to no request. */
  notice?: object;
  /** Another `type` of the deltas, as servers of an older version send it. */
  deltaType?: string;
  /** Omits the metadata of the request, as some compatible servers do. */
  omitsMetadata?: boolean;
}

interface Frame {
  type: string;
  event_id?: string;
  response_id?: string;
  response?: {
    metadata?: Record<string, string>;
    input: { content: { text: string }[] }[];
  };
}

/** The first event of a server of the Realtime API. */
export const sessionCreated = {
  type: 'session.created',
  event_id: 'event_0',
  session: {
    type: 'realtime',
    object: 'realtime.session',
    id: 'sess_1',
    model: 'm',
    output_modalities: ['audio'],
  },
};

const usage = { input_tokens: 5, output_tokens: 7, total_tokens: 12 };

/**
 * Imitates a server of the Realtime API, for text, with the official events, fields and order.
 * @param answer how to answer, by the text of the last message
 */
export function fakeRealtime(answer: (text: string) => FakeRealtimeAnswer): OnFrame {
  let count = 0;
  const active = new Map<string, RealtimeResponse>();
  return (received, client) => {
    const frame = received as unknown as Frame;
    const send = (event: RealtimeServerEvent | object): void => client.send(JSON.stringify(event));
    const refuse = (error: object): void =>
      send({
        type: 'error',
        event_id: 'event_e',
        error: { param: null, event_id: frame.event_id ?? null, ...error },
      });
    if (frame.type === 'response.cancel') {
      const cancelled = active.get(frame.response_id!);
      if (cancelled === undefined) {
        refuse({ type: 'invalid_request_error', code: 'response_cancel_not_active', message: 'not active' });
        return;
      }
      active.delete(frame.response_id!);
      const response = { ...cancelled, status: 'cancelled' as const };
      send({ type: 'response.done', event_id: 'event_c', response });
      return;
    }
    if (frame.type !== 'response.create' || frame.response === undefined) {
      refuse({ type: 'invalid_request_error', code: 'unknown', message: `what is ${frame.type}?` });
      return;
    }
    const { metadata, input } = frame.response;
    const reply = answer(
      input
        .at(-1)!
        .content.map(({ text }) => text)
        .join(''),
    );
    if (reply.error !== undefined) {
      refuse(reply.error);
      return;
    }
    count += 1;
    const response: RealtimeResponse = {
      object: 'realtime.response',
      id: `resp_${count}`,
      status: 'in_progress',
      output: [],
      output_modalities: ['text'],
      metadata: reply.omitsMetadata ? null : (metadata ?? null),
    };
    active.set(response.id!, response);
    if (sendAnswer(reply, response, send, client)) active.delete(response.id!);
  };
}

/** Sends an answer. @returns whether it has ended */
function sendAnswer(
  { pieces = ['Hel', 'lo'], end = 'completed', notice, deltaType }: FakeRealtimeAnswer,
  response: RealtimeResponse,
  send: (event: RealtimeServerEvent) => void,
  client: WebSocket,
): boolean {
  let events = 0;
  const event_id = () => `event_${response.id}_${(events += 1)}`;
  const item_id = `item_${response.id}`;
  const position = { response_id: response.id!, item_id, output_index: 0, content_index: 0 };
  const item = { id: item_id, type: 'message' as const, role: 'assistant' as const, content: [] };
  send({ type: 'response.created', event_id: event_id(), response });
  send({
    type: 'response.output_item.added',
    event_id: event_id(),
    response_id: response.id!,
    output_index: 0,
    item: { ...item, status: 'in_progress' },
  });
  for (const delta of pieces) {
    const event = { type: 'response.output_text.delta' as const, event_id: event_id(), ...position, delta };
    send(deltaType === undefined ? event : ({ ...event, type: deltaType } as RealtimeServerEvent));
  }
  if (notice !== undefined) client.send(JSON.stringify(notice));
  if (end === 'never') return false;
  send({ type: 'response.output_text.done', event_id: event_id(), ...position, text: pieces.join('') });
  const details: RealtimeResponse = {
    ...(end === 'failed'
      ? { status_details: { type: 'failed', error: { type: 'server_error', code: 'rate_limit_exceeded' } } }
      : {}),
    ...(end === 'incomplete' ? { status_details: { type: 'incomplete', reason: 'max_output_tokens' } } : {}),
  };
  send({
    type: 'response.done',
    event_id: event_id(),
    response: { ...response, ...details, status: end, usage },
  });
  send({ type: 'rate_limits.updated', event_id: event_id(), rate_limits: [] });
  return true;
}
