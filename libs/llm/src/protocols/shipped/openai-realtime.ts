import { type ProtocolDescription } from '../description/description.js';
import { openAiCodes } from './openai-responses.js';

const inputText = (role: string) => ({
  type: 'message',
  role,
  content: [{ type: 'input_text', text: '{{text}}' }],
});

/**
 * OpenAI's Realtime API, text only. Each response is outside the session's default conversation and has its whole input, so
 * a connection serves all callers; `metadata` and the response id match answers to requests.
 */
export const openAiRealtime: ProtocolDescription = {
  name: 'openai-realtime',
  address: { path: '/v1/realtime', query: { model: '{{model}}' } },
  handshake: [{ expect: { type: 'session.created' } }],
  request: {
    send: {
      type: 'response.create',
      event_id: '{{id}}',
      response: {
        conversation: 'none',
        output_modalities: ['text'],
        metadata: { rid: '{{id}}' },
        max_output_tokens: '{{max_tokens}}',
        input: '{{messages}}',
      },
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
  correlation: {
    request: ['response.metadata.rid', 'error.event_id'],
    answer: ['response_id', 'response.id'],
  },
  error: [
    {
      when: { type: 'error' },
      code: ['error.code', 'error.type'],
      message: 'error.message',
      codes: openAiCodes,
      reaches: { session_expired: 'connection' },
    },
    {
      when: { type: 'response.done', 'response.status': 'failed' },
      code: ['response.status_details.error.code', 'response.status_details.error.type'],
      message: 'response.status_details.error.message',
      codes: openAiCodes,
    },
  ],
  end: { when: { type: 'response.done' } },
  delta: {
    when: {
      type: [
        'response.output_text.delta',
        'response.text.delta',
        'response.output_audio_transcript.delta',
        'response.audio_transcript.delta',
      ],
    },
    text: 'delta',
  },
  usage: {
    input: 'response.usage.input_tokens',
    output: 'response.usage.output_tokens',
    total: 'response.usage.total_tokens',
  },
  finish_reason: {
    path: ['response.status_details.reason'],
    values: { max_output_tokens: 'length' },
  },
  cancel: { send: { type: 'response.cancel', response_id: '{{answer_id}}' } },
  connection: {
    in_flight: 1,
    // The official server ends a session after 60 minutes.
    max_age: 55 * 60,
  },
};
