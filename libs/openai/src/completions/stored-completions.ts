import {
  Conversations,
  type Idempotency,
  KeyedWrites,
  type MessageToAppend,
  NewestBranch,
  titleOf,
} from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Injectable } from '@nestjs/common';

/** Stores chat completions as conversations. */
@Injectable()
export class StoredCompletions {
  readonly #conversations: Conversations;
  readonly #branch: NewestBranch;
  readonly #writes: KeyedWrites;

  constructor(conversations: Conversations, branch: NewestBranch, writes: KeyedWrites) {
    this.#writes = writes;
    this.#conversations = conversations;
    this.#branch = branch;
  }

  /**
   * The answer that an earlier request with the same key has stored; undefined if there is none.
   * @throws Problem 422 if the key was used for a different request
   */
  async find(owner: string, idempotency: Idempotency): Promise<string | undefined> {
    const stored = await this.#writes.find(owner, idempotency);
    const last = stored?.messageIds.at(-1);
    if (stored === undefined || last === undefined) return undefined;
    return (await this.#branch.read(owner, stored.conversationId, last)).content;
  }

  /**
   * Creates a conversation with the messages and the answer. System messages are left out.
   * @param completion undefined if a stop sequence ended the answer
   * @param idempotency the completion is stored once for each key
   */
  async add(
    owner: string,
    messages: readonly LlmMessage[],
    text: string,
    completion: LlmCompletion | undefined,
    metadata: Record<string, string>,
    idempotency?: Idempotency,
  ): Promise<void> {
    const said = messages.flatMap(({ role, content }): MessageToAppend[] =>
      role === 'system' ? [] : [{ role, content }],
    );
    const title = titleOf(said.find(({ role }) => role === 'user')?.content ?? '');
    const answer: MessageToAppend = {
      role: 'assistant',
      content: text,
      metadata: completion === undefined ? {} : { ...completion.metadata },
    };
    await this.#conversations.create(owner, { title, metadata }, [...said, answer], idempotency);
  }
}
