import { createHash } from 'node:crypto';
import { type LlmMessage, type LlmRequest } from '../protocols/protocol.js';

/** Identifies the conversation that a connection has carried, for servers that remember it. Stores only a hash. */
export class ConversationDigest {
  #digest: string | undefined;

  /** Whether no request can continue the conversation. */
  get isEmpty(): boolean {
    return this.#digest === undefined;
  }

  /** Whether the connection has carried exactly the history of this request, of the same owner and conversation. */
  matches({ owner, conversationId, history = [] }: LlmRequest): boolean {
    return this.#digest !== undefined && this.#digest === digest([owner, conversationId], history);
  }

  /** Forgets the conversation, until the next complete answer. */
  clear(): void {
    this.#digest = undefined;
  }

  /** Adds a request with its complete answer. */
  update({ owner, conversationId, history = [], message }: LlmRequest, answer: string): void {
    const turn: LlmMessage[] = [
      { role: 'user', content: message },
      { role: 'assistant', content: answer },
    ];
    this.#digest = digest([owner, conversationId], [...history, ...turn]);
  }
}

/** @param key owner and conversation */
function digest(key: readonly (string | undefined)[], messages: readonly LlmMessage[]): string {
  const contents = messages.flatMap(({ role, content }) => [role, content]);
  return createHash('sha256')
    .update(JSON.stringify([...key.map((part) => part ?? null), ...contents]))
    .digest('base64');
}
