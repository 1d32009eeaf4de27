import { Conversations, type SaidElsewhere, titleOf, Transcripts } from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Injectable } from '@nestjs/common';

/** Stores chat completions as conversations. */
@Injectable()
export class StoredCompletions {
  readonly #conversations: Conversations;
  readonly #transcripts: Transcripts;

  constructor(conversations: Conversations, transcripts: Transcripts) {
    this.#conversations = conversations;
    this.#transcripts = transcripts;
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
    const said = messages.flatMap(({ role, content }): SaidElsewhere[] =>
      role === 'system' ? [] : [{ role, content }],
    );
    const title = titleOf(said.find(({ role }) => role === 'user')?.content ?? '');
    const { id } = await this.#conversations.create(owner, { title, metadata });
    const answer: SaidElsewhere = {
      role: 'assistant',
      content: text,
      metadata: completion === undefined ? {} : { ...completion.metadata },
    };
    await this.#transcripts.append(owner, id, [...said, answer]);
  }
}
