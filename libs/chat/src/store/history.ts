import { Inject, Injectable } from '@nestjs/common';
import { Database, type Statement } from '#database';
import { type LlmMessage } from '#llm';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { type ChatOptions } from '../options/chat-options.js';
import { branchPath } from './branch-path.js';

/**
 * Most bytes of UTF-8 per UTF-16 code unit: a text with more bytes than the limit times this has too many characters.
 */
const mostOctets = 3;

/**
 * PostgreSQL knows the length of a stored text without reading it: messages that do not fit are neither read nor sent.
 */
const newestMessages: Statement = {
  name: 'newest_messages',
  text: `
    WITH RECURSIVE stretch AS (${branchPath('SELECT * FROM messages WHERE id = $1')})
    SELECT role, content FROM (
      SELECT m.role, m.content, m.seq, sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) AS octets
      FROM stretch s CROSS JOIN LATERAL (
        SELECT role, content, seq FROM messages
        WHERE conversation_id = s.conversation_id AND seq BETWEEN s.first_seq AND s.last_seq
          AND content <> '' AND status IN ('completed', 'incomplete', 'cancelled')
        ORDER BY seq DESC LIMIT $2
      ) m
      ORDER BY m.seq DESC LIMIT $2
    ) newest
    WHERE octets <= $3
    ORDER BY seq DESC`,
};

/** What the LLM is told of a conversation. */
@Injectable()
export class History {
  readonly #database: Database;
  readonly #options: ChatOptions;

  constructor(database: Database, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** The branch of an owner's conversation up to a message, oldest first, within the bounds of the options. */
  async upTo(owner: string, leafId: string): Promise<LlmMessage[]> {
    const { maxMessages, maxChars } = this.#options.history;
    if (maxMessages === 0) return [];
    const rows = await this.#database
      .forOwner(owner)
      .query<LlmMessage & Record<string, unknown>>(newestMessages, [
        leafId,
        maxMessages,
        maxChars * mostOctets,
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
