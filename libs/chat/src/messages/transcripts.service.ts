import { Database, type Statement } from '#database';
import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '#problems';
import { Ids } from '../ids/ids.js';
import { type Message, type MessageRole } from './message.entity.js';
import { messageColumns } from './message-columns.js';

/** What was said elsewhere, in its order. */
export interface SaidElsewhere {
  role: MessageRole;
  content: string;
  metadata?: Record<string, unknown>;
}

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
      INSERT INTO messages (id, conversation_id, parent_id, seq, branch, role, content, status, metadata, completed_at)
      SELECT s.id, p.id, coalesce(s.before_id, p.leaf_id), p.next_seq + s.place, p.leaf_branch, s.role, s.content,
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

/** Puts into a conversation what was said elsewhere. */
@Injectable()
export class Transcripts {
  constructor(
    private readonly database: Database,
    private readonly ids: Ids,
  ) {}

  /**
   * Adds messages after the newest one of a conversation.
   * @param said at least one
   * @returns them, in their order
   * @throws Problem 404 for a conversation that is not this owner's, 409 while an answer is being generated in it
   */
  async append(owner: string, conversationId: string, said: readonly SaidElsewhere[]): Promise<Message[]> {
    const rows = said.map((one, place) => ({ metadata: {}, ...one, place, id: this.ids.next() }));
    const found = await this.database.query<
      Message & { active_run_id: string | null } & Record<string, unknown>
    >(appendMessages, [conversationId, owner, JSON.stringify(rows)]);
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
}
