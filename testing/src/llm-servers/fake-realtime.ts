import { type RealtimeResponse, type RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { type WebSocket } from 'ws';
import { type OnFrame } from './scripted-server.js';

/** What the fake does with a request. */
export interface FakeRealtimeAnswer {
  pieces?: readonly string[];
  /** `incomplete` is for too many tokens; `never`: the answer ends when it is cancelled. */
  end?: 'completed' | 'incomplete' | 'failed' | 'never';
  /** Said in place of an answer, with our event id. */
  error?: { type: string; code: string; message: string };
  /** Said in the middle, though it belongs to no request. */
  notice?: object;
  /** Another name for the pieces, as servers have it that follow an older version. */
  deltaType?: string;
  /** Leave out what the request gave as metadata, as some imitations do. */
  isForgetful?: boolean;
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

/** What a server of the Realtime API says first. */
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
 * Plays a server of the Realtime API, for text, with the official events, fields and order.
 * @param answer what to do, by the text of the last message
 */
export function fakeRealtime(answer: (text: string) => FakeRealtimeAnswer): OnFrame {
  let count = 0;
  const active = new Map<string, RealtimeResponse>();
  return (received, client) => {
    const frame = received as unknown as Frame;
    const say = (event: RealtimeServerEvent | object): void => client.send(JSON.stringify(event));
    const refuse = (error: object): void =>
      say({
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
      say({ type: 'response.done', event_id: 'event_c', response });
      return;
    }
    if (frame.type !== 'response.create' || frame.response === undefined) {
      refuse({ type: 'invalid_request_error', code: 'unknown', message: `what is ${frame.type}?` });
      return;
    }
    const { metadata, input } = frame.response;
    const told = answer(
      input
        .at(-1)!
        .content.map(({ text }) => text)
        .join(''),
    );
    if (told.error !== undefined) {
      refuse(told.error);
      return;
    }
    count += 1;
    const response: RealtimeResponse = {
      object: 'realtime.response',
      id: `resp_${count}`,
      status: 'in_progress',
      output: [],
      output_modalities: ['text'],
      metadata: told.isForgetful ? null : (metadata ?? null),
    };
    active.set(response.id!, response);
    if (play(told, response, say, client)) active.delete(response.id!);
  };
}

/** True when the answer has come to its end. */
function play(
  { pieces = ['Hel', 'lo'], end = 'completed', notice, deltaType }: FakeRealtimeAnswer,
  response: RealtimeResponse,
  say: (event: RealtimeServerEvent) => void,
  client: WebSocket,
): boolean {
  let events = 0;
  const event_id = () => `event_${response.id}_${(events += 1)}`;
  const item_id = `item_${response.id}`;
  const place = { response_id: response.id!, item_id, output_index: 0, content_index: 0 };
  const item = { id: item_id, type: 'message' as const, role: 'assistant' as const, content: [] };
  say({ type: 'response.created', event_id: event_id(), response });
  say({
    type: 'response.output_item.added',
    event_id: event_id(),
    response_id: response.id!,
    output_index: 0,
    item: { ...item, status: 'in_progress' },
  });
  for (const delta of pieces) {
    const event = { type: 'response.output_text.delta' as const, event_id: event_id(), ...place, delta };
    say(deltaType === undefined ? event : ({ ...event, type: deltaType } as RealtimeServerEvent));
  }
  if (notice !== undefined) client.send(JSON.stringify(notice));
  if (end === 'never') return false;
  say({ type: 'response.output_text.done', event_id: event_id(), ...place, text: pieces.join('') });
  const details: RealtimeResponse = {
    ...(end === 'failed'
      ? { status_details: { type: 'failed', error: { type: 'server_error', code: 'rate_limit_exceeded' } } }
      : {}),
    ...(end === 'incomplete' ? { status_details: { type: 'incomplete', reason: 'max_output_tokens' } } : {}),
  };
  say({
    type: 'response.done',
    event_id: event_id(),
    response: { ...response, ...details, status: end, usage },
  });
  say({ type: 'rate_limits.updated', event_id: event_id(), rate_limits: [] });
  return true;
}
