import { Inject, Injectable } from '@nestjs/common';
import { Database, type Statement } from '#database';
import { LlmError, type LlmMessage } from '#llm';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { type ChatOptions } from '../options/chat-options.js';
import { branchRanges } from './branch-ranges.js';
import { earlierTurns, type EarlierTurns } from './history-turns.js';

/** Most bytes of UTF-8 per UTF-16 code unit: a text with more than `limit * 3` bytes has more than `limit` characters. */
const maxOctetsPerChar = 3;

/**
 * How many of a branch's newest messages are read for each message that may be sent: those of failed turns, which are left
 * out, are among them.
 */
const readPerSent = 4;

/**
 * The newest messages of a branch without the answers that failed or are empty, and without the questions directly before
 * those. PostgreSQL knows the length of a stored text without reading it: messages that do not fit are neither read nor
 * sent. `$1` is the branch's last message, `$2` the most messages, `$3` their most octets, `$4` the most messages looked at.
 */
const newestMessages: Statement = {
  name: 'newest_messages',
  text: `
    WITH RECURSIVE branch_ranges AS (${branchRanges('SELECT * FROM messages WHERE id = $1')})
    SELECT role, content FROM (
      SELECT role, content, seq, sum(octet_length(content)) OVER (ORDER BY seq DESC) AS octets FROM (
        SELECT m.role, m.content, m.seq, m.is_usable,
          lag(m.role = 'assistant' AND NOT m.is_usable) OVER (ORDER BY m.seq DESC) AS answer_failed
        FROM branch_ranges s CROSS JOIN LATERAL (
          SELECT role, content, seq,
            content <> '' AND status IN ('completed', 'incomplete', 'cancelled') AS is_usable
          FROM messages
          WHERE conversation_id = s.conversation_id AND seq BETWEEN s.first_seq AND s.last_seq
          ORDER BY seq DESC LIMIT $4
        ) m
        ORDER BY m.seq DESC LIMIT $4
      ) looked_at
      WHERE is_usable AND NOT (role = 'user' AND COALESCE(answer_failed, false))
      ORDER BY seq DESC LIMIT $2
    ) newest
    WHERE octets <= $3
    ORDER BY seq DESC`,
};

/** The longest history that is sent as a whole. */
const wholeHistory = { maxMessages: 10_000, maxChars: 8 * 1024 * 1024 } as const;

/** The size of a branch, up to one message more than may be sent. `$1` is its last message, `$2` the most messages. */
const branchSize: Statement = {
  name: 'branch_size',
  text: `
    WITH RECURSIVE branch_ranges AS (${branchRanges('SELECT * FROM messages WHERE id = $1')})
    SELECT count(*)::integer AS messages, coalesce(sum(octet_length(content)), 0)::double precision AS octets
    FROM (
      SELECT m.content FROM branch_ranges s CROSS JOIN LATERAL (
        SELECT content FROM messages
        WHERE conversation_id = s.conversation_id AND seq BETWEEN s.first_seq AND s.last_seq
          AND content <> '' AND status IN ('completed', 'incomplete', 'cancelled')
        LIMIT $2::integer + 1
      ) m
      LIMIT $2::integer + 1
    ) branch`,
};

function historyTooLong(): LlmError {
  const { maxMessages, maxChars } = wholeHistory;
  return new LlmError(
    `truncation is disabled, and the conversation has more than ${maxMessages} messages or ${maxChars} bytes`,
    { code: 'context_length_exceeded', scope: 'never' },
  );
}

/** Reads the messages of a conversation that are sent to the LLM before the user's message. */
@Injectable()
export class History {
  readonly #database: Database;
  readonly #options: ChatOptions;

  constructor(database: Database, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** The turns of an owner's conversation up to a message, within `ChatOptions.history`. */
  async upTo(owner: string, leafId: string): Promise<EarlierTurns> {
    return this.#within(owner, leafId, this.#options.history);
  }

  /**
   * All turns of an owner's conversation up to a message.
   * @throws LlmError `context_length_exceeded` if they have more than 10,000 messages or 8 MiB of text
   */
  async wholeUpTo(owner: string, leafId: string): Promise<EarlierTurns> {
    const [count] = await this.#database
      .forOwner(owner)
      .query<{ messages: number; octets: number }>(branchSize, [leafId, wholeHistory.maxMessages]);
    const { messages = 0, octets = 0 } = count ?? {};
    if (messages > wholeHistory.maxMessages || octets > wholeHistory.maxChars) throw historyTooLong();
    return this.#within(owner, leafId, wholeHistory);
  }

  async #within(
    owner: string,
    leafId: string,
    { maxMessages, maxChars }: ChatOptions['history'],
  ): Promise<EarlierTurns> {
    if (maxMessages === 0) return { messages: [], unanswered: '' };
    // One more: the newest may be a message without an answer, which is not counted.
    const rows = await this.#database
      .forOwner(owner)
      .query<LlmMessage & Record<string, unknown>>(newestMessages, [
        leafId,
        maxMessages + 1,
        maxChars * maxOctetsPerChar,
        (maxMessages + 1) * readPerSent,
      ]);
    return earlierTurns(rows, maxMessages, maxChars);
  }
}
