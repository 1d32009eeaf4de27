import { type Template } from '#llm';

/** Frames in which home-made servers are usually asked, the commonest first. */
export const usualRequests: readonly Template[] = [
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

/** Names of fields, and what usually goes into them. */
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

/** The same request with fields that the server has asked for; undefined if it has them all. */
export function withFields(request: Template, names: readonly string[]): Template | undefined {
  const before = typeof request === 'object' && request !== null && !Array.isArray(request) ? request : {};
  const fresh = names.filter((name) => !Object.hasOwn(before, name));
  if (fresh.length === 0) return undefined;
  const added = Object.fromEntries(
    fresh.map((name) => [name, meanings.find(([pattern]) => pattern.test(name))?.[1] ?? '{{prompt}}']),
  );
  // What carried the question under a name that was a guess gives way to the name that the server knows.
  const asksAnew = Object.values(added).includes('{{prompt}}');
  const kept = Object.entries(before).filter(([, value]) => !asksAnew || value !== '{{prompt}}');
  return { ...Object.fromEntries(kept), ...added };
}
