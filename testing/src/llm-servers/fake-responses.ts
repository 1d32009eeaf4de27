import { type Response, type ResponsesServerEvent } from 'openai/resources/responses/responses';
import { type WebSocket } from 'ws';
import { type OnFrame } from './scripted-server.js';

/** How the fake answers a request. */
export interface FakeResponse {
  pieces?: readonly string[];
  /** `incomplete`: too many tokens; `never`: the answer does not end. */
  end?: 'completed' | 'incomplete' | 'failed' | 'never';
  /** Sent in place of an answer. */
  error?: ResponsesServerEvent | object;
  /** Sent before the end; an event that belongs to no request. */
  notice?: object;
}

interface Request {
  type?: string;
  model: string;
  stream_id?: string;
  input: { role: string; content: { text: string }[] }[];
}

/**
 * Imitates a server of the Responses API over WebSocket, with the official events, fields and order.
 * @param answer how to answer, by the text of the last message
 */
export function fakeResponses(answer: (text: string) => FakeResponse): OnFrame {
  let count = 0;
  return (frame, client) => {
    const request = frame as unknown as Request;
    const lane = request.stream_id === undefined ? {} : { stream_id: request.stream_id };
    const send = (event: ResponsesServerEvent | object): void =>
      client.send(JSON.stringify({ ...event, ...lane }));
    if (request.type !== 'response.create') {
      send(officialError(400, 'invalid_request_error', 'invalid_event', 'unknown event'));
      return;
    }
    count += 1;
    const reply = answer(
      request.input
        .at(-1)!
        .content.map(({ text }) => text)
        .join(''),
    );
    if (reply.error !== undefined) send(reply.error);
    else sendAnswer(reply, request.model, count, send, client);
  };
}

/** An `error` event of the API. */
export function officialError(
  status: number,
  type: string,
  code: string,
  message: string,
): ResponsesServerEvent {
  return { type: 'error', status, error: { type, code, message, param: null } };
}

function sendAnswer(
  { pieces = ['Hel', 'lo'], end = 'completed', notice }: FakeResponse,
  model: string,
  count: number,
  send: (event: ResponsesServerEvent) => void,
  client: WebSocket,
): void {
  const text = pieces.join('');
  const itemId = `msg_${count}`;
  let sequence = 0;
  const next = () => ({ sequence_number: sequence++ });
  const position = { item_id: itemId, output_index: 0, content_index: 0 };
  const item = (status: 'in_progress' | 'completed', content: string) => ({
    id: itemId,
    type: 'message' as const,
    role: 'assistant' as const,
    status,
    content: content === '' ? [] : [part(content)],
  });
  const response = (status: NonNullable<Response['status']>, content = ''): Response => ({
    ...blankResponse,
    id: `resp_${count}`,
    model,
    status,
    output: content === '' ? [] : [item('completed', content)],
    output_text: content,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    error: status === 'failed' ? { code: 'server_error', message: 'the model broke' } : null,
    ...(status === 'completed' || status === 'incomplete' ? { usage } : {}),
  });
  send({ type: 'response.created', response: response('in_progress'), ...next() });
  send({ type: 'response.in_progress', response: response('in_progress'), ...next() });
  send({ type: 'response.output_item.added', item: item('in_progress', ''), output_index: 0, ...next() });
  send({ type: 'response.content_part.added', part: part(''), ...position, ...next() });
  for (const delta of pieces) {
    send({ type: 'response.output_text.delta', delta, logprobs: [], ...position, ...next() });
  }
  if (notice !== undefined) client.send(JSON.stringify(notice));
  if (end === 'never') return;
  send({ type: 'response.output_text.done', text, logprobs: [], ...position, ...next() });
  send({ type: 'response.content_part.done', part: part(text), ...position, ...next() });
  send({ type: 'response.output_item.done', item: item('completed', text), output_index: 0, ...next() });
  send({ type: `response.${end}`, response: response(end, text), ...next() });
}

const part = (text: string) => ({ type: 'output_text' as const, text, annotations: [], logprobs: [] });

const usage = {
  input_tokens: 5,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 12,
};

const blankResponse = {
  object: 'response' as const,
  created_at: 1_795_428_000,
  access_programs: null,
  instructions: null,
  metadata: null,
  parallel_tool_calls: true,
  temperature: 1,
  top_p: 1,
  tool_choice: 'auto' as const,
  tools: [],
};
