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
