import { Inject, Injectable } from '@nestjs/common';
import { Database, type Statement } from '#database';
import { type LlmMessage } from '#llm';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { type ChatOptions } from '../options/chat-options.js';
import { branchRanges } from './branch-ranges.js';

/** Most bytes of UTF-8 per UTF-16 code unit: a text with more than `limit * 3` bytes has more than `limit` characters. */
const maxOctetsPerChar = 3;

/** PostgreSQL knows the length of a stored text without reading it: messages that do not fit are neither read nor sent. */
const newestMessages: Statement = {
  name: 'newest_messages',
  text: `
    WITH RECURSIVE branch_ranges AS (${branchRanges('SELECT * FROM messages WHERE id = $1')})
    SELECT role, content FROM (
      SELECT m.role, m.content, m.seq, sum(octet_length(m.content)) OVER (ORDER BY m.seq DESC) AS octets
      FROM branch_ranges s CROSS JOIN LATERAL (
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

/** Reads the messages of a conversation that are sent to the LLM before the user's message. */
@Injectable()
export class History {
  readonly #database: Database;
  readonly #options: ChatOptions;

  constructor(database: Database, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** The branch of an owner's conversation up to a message, oldest first, within `ChatOptions.history`. */
  async upTo(owner: string, leafId: string): Promise<LlmMessage[]> {
    const { maxMessages, maxChars } = this.#options.history;
    if (maxMessages === 0) return [];
    const rows = await this.#database
      .forOwner(owner)
      .query<LlmMessage & Record<string, unknown>>(newestMessages, [
        leafId,
        maxMessages,
        maxChars * maxOctetsPerChar,
      ]);
    return newestWithin(rows, maxChars);
  }
}

/**
 * As many of the newest messages as fit, oldest first. Messages are not truncated.
 * @param maxChars in UTF-16 code units, of all messages together
 */
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
