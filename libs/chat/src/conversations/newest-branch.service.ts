import { pageBytes } from '#backpressure';
import { Database, type Statement, type Transaction } from '#database';
import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '#problems';
import { Ids } from '../model/ids.js';
import { type Idempotency, type Turn } from '../model/turn.js';
import { KeyedWrites } from '../store/keyed-writes.js';
import { branchRanges } from '../store/branch-ranges.js';
import { type Message, type MessageRole } from '../model/message.entity.js';
import { messageColumns, runningBytes } from '../store/message-columns.js';

/** A message that a client adds to a conversation without asking for an answer. */
export interface MessageToAppend {
  role: MessageRole;
  content: string;
  metadata?: Record<string, unknown>;
}

/** Most messages that one statement adds. More are added by several statements in one transaction, so that the event loop is not blocked. */
const maxRowsPerStatement = 500;

/** Locks the conversation as a turn does, so that no other message gets between its newest message and these. */
const appendMessages: Statement = {
  name: 'append_messages',
  text: `
    WITH tail AS MATERIALIZED (
      SELECT id, next_seq, leaf_id, leaf_branch, active_run_id FROM conversations
      WHERE id = $1 AND owner = $2 FOR UPDATE
    ), new_message AS (
      SELECT id, role, content, metadata, ordinal, lag(id) OVER (ORDER BY ordinal) AS before_id
      FROM json_to_recordset($3) AS r (ordinal integer, id uuid, role text, content text, metadata jsonb)
    ), added AS (
      INSERT INTO messages
        (id, conversation_id, owner, parent_id, seq, branch, role, content, status, metadata, completed_at)
      SELECT n.id, t.id, $2, coalesce(n.before_id, t.leaf_id), t.next_seq + n.ordinal, t.leaf_branch, n.role, n.content,
        'completed', n.metadata, now()
      FROM new_message n CROSS JOIN tail t WHERE t.active_run_id IS NULL
      RETURNING *
    ), moved AS (
      UPDATE conversations c
      SET next_seq = c.next_seq + (SELECT count(*) FROM added), updated_at = now(),
          leaf_id = (SELECT id FROM added ORDER BY seq DESC LIMIT 1)
      FROM tail t WHERE c.id = t.id AND t.active_run_id IS NULL
    )
    SELECT t.active_run_id, ${messageColumns('a')} FROM tail t LEFT JOIN added a ON true ORDER BY a.seq`,
};

/** SQL: the message was not erased. The row of an erased message stays, because later messages refer to it as their parent. */
const isNotErased = `(content <> '' OR status IN ('queued', 'in_progress'))`;

function branchPage(name: string, order: 'ASC' | 'DESC'): Statement {
  return {
    name,
    text: `
      WITH RECURSIVE page_start AS MATERIALIZED (
        SELECT c.id AS conversation_id, leaf.branch, leaf.seq, anchor.seq AS anchor_seq
        FROM conversations c
        LEFT JOIN messages leaf ON leaf.id = c.leaf_id
        LEFT JOIN messages anchor ON anchor.id = $3 AND anchor.conversation_id = c.id
        WHERE c.id = $1 AND c.owner = $2
      ), branch_ranges AS (${branchRanges('SELECT conversation_id, branch, seq FROM page_start')}
      )
      SELECT $3::uuid IS NULL OR p.anchor_seq IS NOT NULL AS has_anchor, m.found, ${messageColumns('m')}
      FROM page_start p LEFT JOIN LATERAL (
        SELECT m.*, count(*) OVER () AS found, row_number() OVER page AS number,
          ${runningBytes('m')} OVER page AS bytes_so_far
        FROM (
          SELECT m.* FROM branch_ranges s CROSS JOIN LATERAL (
            SELECT * FROM messages
            WHERE conversation_id = s.conversation_id AND seq BETWEEN s.first_seq AND s.last_seq
              AND ${isNotErased}
              AND ($3::uuid IS NULL OR seq ${order === 'ASC' ? '>' : '<'} p.anchor_seq)
            ORDER BY seq ${order} LIMIT $4
          ) m
          ORDER BY m.seq ${order} LIMIT $4
        ) m
        WINDOW page AS (ORDER BY m.seq ${order} ROWS UNBOUNDED PRECEDING)
      ) m ON m.number < $4 AND (m.bytes_so_far <= ${pageBytes} OR m.number = 1)
      ORDER BY m.seq ${order}`,
  };
}

const oldestFirst = branchPage('branch_page_from_start', 'ASC');
const newestFirst = branchPage('branch_page_from_end', 'DESC');

const oneMessage: Statement = {
  name: 'message_in_conversation',
  text: `
    SELECT ${messageColumns('m')} FROM messages m
    JOIN conversations c ON c.id = m.conversation_id AND c.owner = $2
    WHERE m.conversation_id = $1 AND m.id = $3 AND ${isNotErased}`,
};

/** Messages by id, in the order of the conversation. */
const messagesOfConversation: Statement = {
  name: 'messages_of_conversation',
  text: `
    SELECT ${messageColumns('m')} FROM messages m
    WHERE m.conversation_id = $1 AND m.id = ANY ($2::uuid[]) ORDER BY m.seq`,
};

const eraseMessage: Statement = {
  name: 'erase_message',
  text: `
    UPDATE messages SET content = '', metadata = '{}'
    WHERE conversation_id = $1 AND id = $2 AND status NOT IN ('queued', 'in_progress')
    RETURNING id`,
};

/**
 * Deletes the conversation with the turn if the turn is all that it contains. Otherwise later messages may have the turn's
 * messages as parents, so their rows stay without content.
 */
const eraseTurn: Statement = {
  name: 'erase_turn',
  text: `
    WITH deleted AS (
      DELETE FROM conversations WHERE id = $1 AND owner = $2 AND next_seq = 3 AND $5 RETURNING id
    ), emptied AS (
      UPDATE messages SET content = '', metadata = '{}', run_id = NULL
      WHERE conversation_id = $1 AND id = ANY ($4::uuid[]) AND NOT EXISTS (SELECT FROM deleted)
    )
    DELETE FROM runs WHERE id = $3 AND NOT EXISTS (SELECT FROM deleted)`,
};

/** A page of a conversation's newest branch. */
export interface BranchPageQuery {
  limit: number;
  isNewestFirst: boolean;
  /** The page begins after this message; undefined: at the beginning. */
  afterId: string | undefined;
}

/** Appends, lists, reads and erases single messages of a conversation's newest branch. */
@Injectable()
export class NewestBranch {
  readonly #database: Database;
  readonly #ids: Ids;
  readonly #writes: KeyedWrites;

  constructor(database: Database, ids: Ids, writes: KeyedWrites) {
    this.#writes = writes;
    this.#database = database;
    this.#ids = ids;
  }

  /**
   * Appends messages after the newest message of a conversation.
   * @param messages at least one
   * @param idempotency repeats the result of an earlier request with the same key
   * @returns the stored messages, in order
   * @throws Problem 404 for a conversation that is not this owner's, 409 while an answer is being generated in it, 422 if
   * the key was used for a different request
   */
  async append(
    owner: string,
    conversationId: string,
    messages: readonly MessageToAppend[],
    idempotency?: Idempotency,
  ): Promise<Message[]> {
    if (idempotency === undefined && messages.length <= maxRowsPerStatement)
      return this.#append(this.#database.forOwner(owner), owner, conversationId, messages);
    let added: Message[] | undefined;
    const { messageIds } = await this.#writes.once(owner, idempotency, async (transaction) => {
      added = await this.appendIn(transaction, owner, conversationId, messages);
      return { conversationId, messageIds: added.map(({ id }) => id) };
    });
    if (added?.[0]?.id === messageIds[0]) return added ?? [];
    return this.#database
      .forOwner(owner)
      .query<Message & Record<string, unknown>>(messagesOfConversation, [conversationId, messageIds]);
  }

  /** {@link append} in a transaction of the caller. */
  async appendIn(
    transaction: Transaction,
    owner: string,
    conversationId: string,
    messages: readonly MessageToAppend[],
  ): Promise<Message[]> {
    const added: Message[][] = [];
    for (let at = 0; at < messages.length; at += maxRowsPerStatement) {
      const batch = messages.slice(at, at + maxRowsPerStatement);
      added.push(await this.#append(transaction, owner, conversationId, batch));
    }
    return added.flat();
  }

  async #append(
    database: Pick<Transaction, 'query'>,
    owner: string,
    conversationId: string,
    messages: readonly MessageToAppend[],
  ): Promise<Message[]> {
    const rows = messages.map((message, ordinal) => ({
      metadata: {},
      ...message,
      ordinal,
      id: this.#ids.next(),
    }));
    const found = await database.query<Message & { active_run_id: string | null } & Record<string, unknown>>(
      appendMessages,
      [conversationId, owner, JSON.stringify(rows)],
    );
    if (found[0] === undefined) throw notFound('conversation', conversationId);
    const { active_run_id } = found[0];
    if (active_run_id !== null) {
      throw conflict('conversation_busy', 'An answer is being generated in this conversation.', {
        retryable: true,
        fields: { active_run_id },
      });
    }
    return found.map(({ active_run_id: _, ...message }) => message);
  }

  /**
   * Reads a page of the newest branch, up to `pageBytes` of text.
   * @throws Problem 404 if the owner has no such conversation, or if `afterId` is not in it
   */
  async page(
    owner: string,
    conversationId: string,
    { limit, isNewestFirst, afterId }: BranchPageQuery,
  ): Promise<{ messages: Message[]; hasMore: boolean }> {
    type Row = Message & { has_anchor: boolean; found: string | null } & Record<string, unknown>;
    const rows = await this.#database
      .forOwner(owner)
      .query<Row>(isNewestFirst ? newestFirst : oldestFirst, [conversationId, owner, afterId, limit + 1]);
    if (rows[0] === undefined) throw notFound('conversation', conversationId);
    if (!rows[0].has_anchor) throw notFound('item to list after', afterId);
    const listed = rows.filter(({ id }) => id !== null);
    return {
      messages: listed.map(({ has_anchor: _, found: __, ...message }) => message),
      hasMore: Number(rows[0].found) > listed.length,
    };
  }

  /** Reads one message. @throws Problem 404 if it is not in this owner's conversation */
  async read(owner: string, conversationId: string, id: string): Promise<Message> {
    const [message] = await this.#database
      .forOwner(owner)
      .query<Message & Record<string, unknown>>(oneMessage, [conversationId, owner, id]);
    if (message === undefined) throw notFound('message', id);
    return message;
  }

  /**
   * Erases the content of a message.
   * @throws Problem 404 if it is not in this owner's conversation; 409 if it is an answer that is being generated
   */
  async erase(owner: string, conversationId: string, id: string): Promise<void> {
    await this.read(owner, conversationId, id);
    const [erased] = await this.#database.forOwner(owner).query(eraseMessage, [conversationId, id]);
    if (erased === undefined) {
      throw conflict('conversation_busy', 'This answer is being generated.', { retryable: true });
    }
  }

  /**
   * Erases a run, its answer, and the message that it answers.
   * @param isAlone whether the conversation was created for this turn; it is deleted if it contains nothing else
   */
  async eraseTurn(owner: string, { user, reply, run }: Turn, isAlone: boolean): Promise<void> {
    const messages = [user.id, reply.id];
    await this.#database
      .forOwner(owner)
      .query(eraseTurn, [run.conversation_id, owner, run.id, messages, isAlone]);
  }
}
