import { Conversations, type SaidElsewhere, titleOf, Transcripts } from '#chat';
import { type LlmCompletion, type LlmMessage } from '#llm';
import { Injectable } from '@nestjs/common';

/** Keeps what was said in a chat completion, as a conversation like any other. */
@Injectable()
export class KeptCompletions {
  readonly #conversations: Conversations;
  readonly #transcripts: Transcripts;

  constructor(conversations: Conversations, transcripts: Transcripts) {
    this.#conversations = conversations;
    this.#transcripts = transcripts;
  }

  /** System messages are no part of a conversation: they are left out. */
  async keep(
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
