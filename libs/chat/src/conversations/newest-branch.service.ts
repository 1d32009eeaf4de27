import { pageBytes } from '#backpressure';
import { Database, type Statement, type Transaction } from '#database';
import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '#problems';
import { Ids } from '../model/ids.js';
import { type Turn } from '../model/turn.js';
import { branchPath } from '../store/branch-path.js';
import { type Message, type MessageRole } from '../model/message.entity.js';
import { messageColumns, runningBytes } from '../store/message-columns.js';

/** What was said elsewhere, in its order. */
export interface MessageToAppend {
  role: MessageRole;
  content: string;
  metadata?: Record<string, unknown>;
}

/** Messages that one statement adds. More are added by several, in one transaction, so that none keeps the process busy. */
const appendedAtOnce = 500;

/** Locks the conversation as a turn does: nothing comes between its newest message and these. */
const appendMessages: Statement = {
  name: 'append_messages',
  text: `
    WITH place AS MATERIALIZED (
      SELECT id, next_seq, leaf_id, leaf_branch, active_run_id FROM conversations
      WHERE id = $1 AND owner = $2 FOR UPDATE
    ), said AS (
      SELECT id, role, content, metadata, place, lag(id) OVER (ORDER BY place) AS before_id
      FROM json_to_recordset($3) AS s (place integer, id uuid, role text, content text, metadata jsonb)
    ), added AS (
      INSERT INTO messages
        (id, conversation_id, owner, parent_id, seq, branch, role, content, status, metadata, completed_at)
      SELECT s.id, p.id, $2, coalesce(s.before_id, p.leaf_id), p.next_seq + s.place, p.leaf_branch, s.role, s.content,
        'completed', s.metadata, now()
      FROM said s CROSS JOIN place p WHERE p.active_run_id IS NULL
      RETURNING *
    ), moved AS (
      UPDATE conversations c
      SET next_seq = c.next_seq + (SELECT count(*) FROM added), updated_at = now(),
          leaf_id = (SELECT id FROM added ORDER BY seq DESC LIMIT 1)
      FROM place p WHERE c.id = p.id AND p.active_run_id IS NULL
    )
    SELECT p.active_run_id, ${messageColumns('a')} FROM place p LEFT JOIN added a ON true ORDER BY a.seq`,
};

/** What was erased stays in its place, for those that hang on it, and says nothing. */
const isThere = `(content <> '' OR status IN ('queued', 'in_progress'))`;

function pageOf(name: string, order: 'ASC' | 'DESC'): Statement {
  return {
    name,
    text: `
      WITH RECURSIVE place AS MATERIALIZED (
        SELECT c.id AS conversation_id, leaf.branch, leaf.seq, anchor.seq AS anchor_seq
        FROM conversations c
        LEFT JOIN messages leaf ON leaf.id = c.leaf_id
        LEFT JOIN messages anchor ON anchor.id = $3 AND anchor.conversation_id = c.id
        WHERE c.id = $1 AND c.owner = $2
      ), stretch AS (${branchPath('SELECT conversation_id, branch, seq FROM place')}
      )
      SELECT $3::uuid IS NULL OR p.anchor_seq IS NOT NULL AS has_anchor, m.found, ${messageColumns('m')}
      FROM place p LEFT JOIN LATERAL (
        SELECT m.*, count(*) OVER () AS found, row_number() OVER page AS number,
          ${runningBytes('m')} OVER page AS bytes_so_far
        FROM (
          SELECT m.* FROM stretch s CROSS JOIN LATERAL (
            SELECT * FROM messages
            WHERE conversation_id = s.conversation_id AND seq BETWEEN s.first_seq AND s.last_seq
              AND ${isThere}
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

const oldestFirst = pageOf('transcript_from_start', 'ASC');
const newestFirst = pageOf('transcript_from_end', 'DESC');

const oneMessage: Statement = {
  name: 'message_of_transcript',
  text: `
    SELECT ${messageColumns('m')} FROM messages m
    JOIN conversations c ON c.id = m.conversation_id AND c.owner = $2
    WHERE m.conversation_id = $1 AND m.id = $3 AND ${isThere}`,
};

const eraseMessage: Statement = {
  name: 'erase_message',
  text: `
    UPDATE messages SET content = '', metadata = '{}'
    WHERE conversation_id = $1 AND id = $2 AND status NOT IN ('queued', 'in_progress')
    RETURNING id`,
};

/**
 * A turn that is all there is of its conversation takes that along. Elsewhere others may hang on its messages: they stay, and say
 * nothing.
 */
const eraseTurn: Statement = {
  name: 'erase_turn',
  text: `
    WITH gone AS (
      DELETE FROM conversations WHERE id = $1 AND owner = $2 AND next_seq = 3 AND $5 RETURNING id
    ), emptied AS (
      UPDATE messages SET content = '', metadata = '{}', run_id = NULL
      WHERE conversation_id = $1 AND id = ANY ($4::uuid[]) AND NOT EXISTS (SELECT FROM gone)
    )
    DELETE FROM runs WHERE id = $3 AND NOT EXISTS (SELECT FROM gone)`,
};

/** Which page of a conversation's newest branch. */
export interface BranchPageQuery {
  limit: number;
  isNewestFirst: boolean;
  afterId: string | undefined;
}

/** What was said in a conversation elsewhere, and in which order. */
@Injectable()
export class NewestBranch {
  readonly #database: Database;
  readonly #ids: Ids;

  constructor(database: Database, ids: Ids) {
    this.#database = database;
    this.#ids = ids;
  }

  /**
   * Adds messages after the newest one of a conversation.
   * @param said at least one
   * @returns them, in their order
   * @throws Problem 404 for a conversation that is not this owner's, 409 while an answer is being generated in it
   */
  async append(owner: string, conversationId: string, said: readonly MessageToAppend[]): Promise<Message[]> {
    const database = this.#database.forOwner(owner);
    if (said.length <= appendedAtOnce) return this.#append(database, owner, conversationId, said);
    return database.transaction(async (transaction) => {
      const added: Message[][] = [];
      for (let at = 0; at < said.length; at += appendedAtOnce) {
        const some = said.slice(at, at + appendedAtOnce);
        added.push(await this.#append(transaction, owner, conversationId, some));
      }
      return added.flat();
    });
  }

  async #append(
    database: Pick<Transaction, 'query'>,
    owner: string,
    conversationId: string,
    said: readonly MessageToAppend[],
  ): Promise<Message[]> {
    const rows = said.map((one, place) => ({ metadata: {}, ...one, place, id: this.#ids.next() }));
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

  /** A page of the newest branch, up to `pageBytes` of text. @throws Problem 404 for a conversation that is not this owner's, and for the anchor */
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

  /** @throws Problem 404 for a message that is not in this owner's conversation */
  async read(owner: string, conversationId: string, id: string): Promise<Message> {
    const [message] = await this.#database
      .forOwner(owner)
      .query<Message & Record<string, unknown>>(oneMessage, [conversationId, owner, id]);
    if (message === undefined) throw notFound('message', id);
    return message;
  }

  /**
   * Erases what a message says.
   * @throws Problem 404 for a message that is not in this owner's conversation, 409 for an answer that is being generated
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
   * @param isAlone the conversation was opened for this turn, and goes with it if there is nothing else in it
   */
  async eraseTurn(owner: string, { user, reply, run }: Turn, isAlone: boolean): Promise<void> {
    const messages = [user.id, reply.id];
    await this.#database
      .forOwner(owner)
      .query(eraseTurn, [run.conversation_id, owner, run.id, messages, isAlone]);
  }
}
