import { type ProtocolDescription } from '../description/description.js';

const inputText = (role: string) => ({
  type: 'message',
  role,
  content: [{ type: 'input_text', text: '{{text}}' }],
});

/** Parley's codes for OpenAI's error codes, types and statuses. */
export const openAiCodes: Readonly<Record<string, string>> = {
  model_not_found: 'model_not_found',
  context_length_exceeded: 'context_length_exceeded',
  content_policy_violation: 'content_policy_violation',
  invalid_api_key: 'invalid_api_key',
  conversation_already_has_active_response: 'overloaded',
  rate_limit_exceeded: 'rate_limited',
  rate_limit_error: 'rate_limited',
  insufficient_quota: 'rate_limited',
  server_error: 'internal_error',
  concurrent_request: 'overloaded',
  websocket_stream_limit_reached: 'overloaded',
  websocket_connection_limit_reached: 'overloaded',
  slow_down: 'overloaded',
  service_unavailable: 'overloaded',
  authentication_error: 'unauthorized',
  permission_error: 'unauthorized',
  invalid_request_error: 'invalid_request',
  content_filter: 'content_policy_violation',
  '401': 'unauthorized',
  '403': 'unauthorized',
  '409': 'overloaded',
  '429': 'rate_limited',
  '500': 'internal_error',
  '503': 'overloaded',
};

/**
 * OpenAI's Responses API over WebSocket, and compatible servers. Each request contains the whole input, and nothing is
 * stored. One request at a time; if the route shares connections, each request has its own `stream_id`.
 */
export const openAiResponses: ProtocolDescription = {
  name: 'openai-responses',
  address: { path: '/v1/responses' },
  request: {
    send: {
      type: 'response.create',
      model: '{{model}}',
      store: false,
      stream_id: '{{id}}',
      input: '{{messages}}',
      max_output_tokens: '{{max_tokens}}',
      temperature: '{{temperature}}',
      top_p: '{{top_p}}',
      reasoning: '{{reasoning}}',
    },
    messages: {
      system: inputText('system'),
      user: inputText('user'),
      assistant: {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: '{{text}}' }],
      },
    },
  },
  correlation: { request: 'stream_id', optional: true },
  error: [
    {
      when: { type: 'error' },
      code: ['error.code', 'code', 'error.type', 'status'],
      message: ['error.message', 'message'],
      retry_after: ['error.retry_after', 'retry_after'],
      codes: openAiCodes,
      reaches: { connection_expiring: 'nobody', websocket_connection_limit_reached: 'connection' },
    },
    {
      when: { type: 'response.failed' },
      code: 'response.error.code',
      message: 'response.error.message',
      codes: openAiCodes,
    },
  ],
  end: { when: { type: ['response.completed', 'response.incomplete', 'response.cancelled'] } },
  delta: {
    when: { type: ['response.output_text.delta', 'response.refusal.delta'] },
    text: 'delta',
  },
  usage: {
    input: 'response.usage.input_tokens',
    output: 'response.usage.output_tokens',
    total: 'response.usage.total_tokens',
  },
  model: 'response.model',
  finish_reason: {
    path: 'response.incomplete_details.reason',
    values: { max_output_tokens: 'length', max_tokens: 'length' },
  },
  connection: {
    in_flight: 16,
    // The official server ends a connection after 60 minutes.
    max_age: 55 * 60,
    drain: { type: 'error', 'error.code': 'connection_expiring' },
  },
};
