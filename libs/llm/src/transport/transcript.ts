import { createHash } from 'node:crypto';
import { type LlmMessage, type LlmRequest } from '../protocols/protocol.js';

/** What was said on a connection, for servers that remember it. Keeps no word of it, only what it can be told by. */
export class Transcript {
  #said: string | undefined;

  /** Nobody can go on from it. */
  get isEmpty(): boolean {
    return this.#said === undefined;
  }

  /** Has what was said before this request been said here, and nothing else? */
  holds({ owner, conversationId, history = [] }: LlmRequest): boolean {
    return this.#said !== undefined && this.#said === digest([owner, conversationId], history);
  }

  clear(): void {
    this.#said = undefined;
  }

  /** The request has its whole answer. */
  extend({ owner, conversationId, history = [], message }: LlmRequest, answer: string): void {
    const turn: LlmMessage[] = [
      { role: 'user', content: message },
      { role: 'assistant', content: answer },
    ];
    this.#said = digest([owner, conversationId], [...history, ...turn]);
  }
}

/** @param whose its owner and conversation */
function digest(whose: readonly (string | undefined)[], messages: readonly LlmMessage[]): string {
  const said = messages.flatMap(({ role, content }) => [role, content]);
  return createHash('sha256')
    .update(JSON.stringify([...whose.map((part) => part ?? null), ...said]))
    .digest('base64');
}
