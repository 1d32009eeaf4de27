import { type ProtocolDescription } from '../description/description.js';

/**
 * Custom servers, mostly with FastAPI, that send typed events: `{"sender","message","type"}` with `start`, `stream` and
 * `end`, `{"type":"token","content"}` and `done`, `{"type":"chunk","value"}` and `end` with `full`, or
 * `{"token","completed"}`. They accept a bare text, remember the messages of a connection, and echo the user.
 */
export const typedEvents: ProtocolDescription = {
  name: 'typed-events',
  frames: 'json',
  request: { send: '{{prompt}}' },
  ignore: { sender: ['you', 'user', 'human'] },
  error: [
    {
      when: { type: 'error' },
      code: ['code', 'error_code', 'error.code'],
      message: ['message', 'error.message', 'error', 'content', 'detail', 'value'],
      retry_after: 'retry_after',
    },
    {
      when: { error: { truthy: true } },
      code: ['code', 'error_code', 'error.code'],
      message: ['error.message', 'error', 'message', 'detail'],
      retry_after: 'retry_after',
    },
  ],
  end: [
    { when: { type: ['end', 'done', 'complete', 'final'] }, text: ['full', 'full_response', 'response'] },
    { when: { completed: true }, piece: 'token' },
    { when: { done: true }, text: 'full', piece: ['token', 'content', 'value'] },
  ],
  delta: [
    {
      when: { type: ['stream', 'token', 'chunk', 'delta', 'message'] },
      text: ['message', 'content', 'value', 'token', 'chunk', 'delta', 'text', 'data'],
    },
    { when: { type: { present: false } }, text: ['token', 'chunk', 'delta', 'content'] },
  ],
  usage: {
    input: ['usage.input_tokens', 'usage.prompt_tokens'],
    output: ['usage.output_tokens', 'usage.completion_tokens'],
    total: ['usage.total_tokens', 'tokens_used', 'total_tokens'],
  },
  model: 'model',
  connection: { reuse: 'conversation' },
};
