import { createHash } from 'node:crypto';
import { type LlmMessage, type LlmRequest } from '../protocols/protocol.js';

/** Stands for everything that was said in a conversation before a request. */
export function saidBefore({ conversationId, history = [] }: LlmRequest): string {
  return digest(conversationId, history);
}

/** Stands for what was said once the request has its answer. */
export function saidAfter({ conversationId, history = [], message }: LlmRequest, answer: string): string {
  const turn: LlmMessage[] = [
    { role: 'user', content: message },
    { role: 'assistant', content: answer },
  ];
  return digest(conversationId, [...history, ...turn]);
}

function digest(conversationId: string | undefined, messages: readonly LlmMessage[]): string {
  const said = messages.flatMap(({ role, content }) => [role, content]);
  return createHash('sha256')
    .update(JSON.stringify([conversationId ?? null, ...said]))
    .digest('base64');
}
