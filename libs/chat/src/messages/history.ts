import { Inject, Injectable } from '@nestjs/common';
import { Database, type Statement } from '#database';
import { type LlmMessage } from '#llm';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { type ChatOptions } from '../chat-options.js';

const newestMessages: Statement = {
  name: 'newest_messages',
  text: `
    SELECT role, content FROM messages
    WHERE conversation_id = $1 AND seq < $2 AND content <> '' AND status IN ('completed', 'incomplete', 'cancelled')
    ORDER BY seq DESC LIMIT $3`,
};

/** What the LLM is told of a conversation. */
@Injectable()
export class History {
  constructor(
    private readonly database: Database,
    @Inject(CHAT_OPTIONS) private readonly options: ChatOptions,
  ) {}

  /** The messages before `seq`, oldest first, within the bounds of the options. */
  async before(conversationId: string, seq: number): Promise<LlmMessage[]> {
    const { maxMessages, maxChars } = this.options.history;
    if (maxMessages === 0) return [];
    const rows = await this.database.query<LlmMessage & Record<string, unknown>>(newestMessages, [
      conversationId,
      seq,
      maxMessages,
    ]);
    return newestWithin(rows, maxChars);
  }
}

/** As many of the newest messages as fit, oldest first. Whole messages only: a cut one would mislead. */
export function newestWithin(newestFirst: readonly LlmMessage[], maxChars: number): LlmMessage[] {
  const kept: LlmMessage[] = [];
  let chars = 0;
  for (const { role, content } of newestFirst) {
    chars += content.length;
    if (chars > maxChars) break;
    kept.push({ role, content });
  }
  return kept.reverse();
}
