import { type Template } from '#llm';

/** Request frames of common custom servers, the most common first. */
export const commonRequests: readonly Template[] = [
  '{{prompt}}',
  { message: '{{prompt}}' },
  { prompt: '{{prompt}}' },
  { messages: '{{messages}}' },
  { text: '{{prompt}}' },
  { question: '{{prompt}}' },
  { query: '{{prompt}}' },
  { input: '{{prompt}}' },
  { content: '{{prompt}}' },
  { type: 'message', content: '{{prompt}}' },
  { type: 'chat', message: '{{prompt}}' },
  { action: 'chat', message: '{{prompt}}' },
  { event: 'message', data: '{{prompt}}' },
  { q: '{{prompt}}' },
  { msg: '{{prompt}}' },
  { user_input: '{{prompt}}' },
  { user_message: '{{prompt}}' },
  { type: 'chat', content: '{{prompt}}' },
  { type: 'user_message', content: '{{prompt}}' },
  { type: 'query', query: '{{prompt}}' },
  { type: 'prompt', prompt: '{{prompt}}' },
];

/** Events of common Socket.IO servers. */
export const commonEvents: readonly Template[] = [
  [['message', '{{prompt}}']],
  [['message', { message: '{{prompt}}' }]],
  [['user_uttered', { message: '{{prompt}}' }]],
  [['chat message', '{{prompt}}']],
  [['chat', { message: '{{prompt}}' }]],
  [['chat_message', { message: '{{prompt}}' }]],
  [['ask', { message: '{{prompt}}' }]],
  [['query', { query: '{{prompt}}' }]],
  [['prompt', { prompt: '{{prompt}}' }]],
];

/** Frames to which servers of well-known protocols respond, although they contain no question. */
export const signRequests: readonly Template[] = [
  {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    },
  },
  {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'parley', version: '1' } },
  },
  { type: 'connection_init' },
  [[null, '1', 'phoenix', 'heartbeat', {}]],
  { topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '1' },
];

/** Names of fields, and their usual values. */
const meanings: readonly (readonly [RegExp, Template])[] = [
  [/^(messages|dialog(ue)?|turns)$/i, '{{messages}}'],
  [/^(history|before|previous|context|past)$/i, '{{history}}'],
  [/^(model|model_name|engine)$/i, '{{model}}'],
  [/^(stream|streaming)$/i, true],
  [/max.*tok|^max_len|^max_length/i, '{{max_tokens}}'],
  [/^temp/i, '{{temperature}}'],
  [/^(api_?key|key|token|auth|authorization|secret)$/i, '{{api_key}}'],
  [
    /(^|_)(id|uuid|tag|seq|nonce|ref|rid|session|conversation|thread|room|user|client|channel)(_?(id|key))?$/i,
    '{{id}}',
  ],
  [/^(ts|time|timestamp|date|now)$/i, '{{now}}'],
];

/** Adds fields that the server reports as missing; undefined if the request has them all. */
export function addFields(request: Template, names: readonly string[]): Template | undefined {
  const before = typeof request === 'object' && request !== null && !Array.isArray(request) ? request : {};
  const missing = names.filter((name) => !Object.hasOwn(before, name));
  if (missing.length === 0) return undefined;
  const added = Object.fromEntries(
    missing.map((name) => [name, meanings.find(([pattern]) => pattern.test(name))?.[1] ?? '{{prompt}}']),
  );
  // The question moves from a guessed field to the one that the server requires.
  const movesQuestion = Object.values(added).includes('{{prompt}}');
  const kept = Object.entries(before).filter(([, value]) => !movesQuestion || value !== '{{prompt}}');
  return { ...Object.fromEntries(kept), ...added };
}
