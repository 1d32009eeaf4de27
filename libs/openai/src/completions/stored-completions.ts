import { Conversations, type MessageToAppend, titleOf, NewestBranch } from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Injectable } from '@nestjs/common';

/** Stores chat completions as conversations. */
@Injectable()
export class StoredCompletions {
  readonly #conversations: Conversations;
  readonly #branch: NewestBranch;

  constructor(conversations: Conversations, branch: NewestBranch) {
    this.#conversations = conversations;
    this.#branch = branch;
  }

  /**
   * Creates a conversation with the messages and the answer. System messages are left out.
   * @param completion undefined if a stop sequence ended the answer
   */
  async add(
    owner: string,
    messages: readonly LlmMessage[],
    text: string,
    completion: LlmCompletion | undefined,
    metadata: Record<string, string>,
  ): Promise<void> {
    const said = messages.flatMap(({ role, content }): MessageToAppend[] =>
      role === 'system' ? [] : [{ role, content }],
    );
    const title = titleOf(said.find(({ role }) => role === 'user')?.content ?? '');
    const { id } = await this.#conversations.create(owner, { title, metadata });
    const answer: MessageToAppend = {
      role: 'assistant',
      content: text,
      metadata: completion === undefined ? {} : { ...completion.metadata },
    };
    await this.#branch.append(owner, id, [...said, answer]);
  }
}
