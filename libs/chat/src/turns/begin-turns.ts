import { type Database, type Statement } from '#database';
import { fewRows } from './few-rows.js';

/** The rows of one turn, before the database has given them their place. */
export interface TurnRow {
  conversation_id: string;
  owner: string;
  /** Opens the conversation; otherwise it must exist. */
  is_new: boolean;
  title: string | null;
  user_id: string;
  reply_id: string;
  run_id: string;
  content: string;
  metadata: Record<string, unknown>;
  lease_ms: number;
}

/** What became of it. Without `seq` nothing was written: there is no such conversation, or it has an active run. */
export interface BegunTurn {
  /** Of the user's message; the answer has the one after it. */
  seq: number | null;
  parent_id: string | null;
  /** The run that stands in the way. */
  active_run_id: string | null;
  created_at: Date;
}

/**
 * Writes any number of turns, at most one of a conversation, in one statement and so in one transaction: locks the
 * conversations (in one order everywhere, so that two replicas never wait for each other), refuses busy ones, and
 * inserts user message, answer and run. One JSON parameter costs less than an array for each column.
 */
const beginTurns: Statement = {
  name: 'begin_turns',
  text: `
    WITH turn AS (
      SELECT * FROM json_to_recordset($1) AS t (
        place integer, conversation_id uuid, owner text, is_new boolean, title text, user_id uuid, reply_id uuid,
        run_id uuid, content text, metadata jsonb, lease_ms integer)
      ${fewRows}
    ), locked AS MATERIALIZED (
      SELECT c.id, c.next_seq, c.leaf_id, c.active_run_id
      FROM conversations c JOIN turn t ON t.conversation_id = c.id AND t.owner = c.owner
      WHERE NOT t.is_new
      ORDER BY c.id
      FOR UPDATE OF c
    ), created AS (
      INSERT INTO conversations (id, owner, title, next_seq, leaf_id, active_run_id)
      SELECT conversation_id, owner, title, 3, reply_id, run_id FROM turn WHERE is_new
      RETURNING id
    ), continued AS (
      UPDATE conversations c
      SET next_seq = c.next_seq + 2, leaf_id = t.reply_id, active_run_id = t.run_id, updated_at = now(),
          title = coalesce(c.title, t.title)
      FROM turn t JOIN locked l ON l.id = t.conversation_id
      WHERE c.id = l.id AND l.active_run_id IS NULL
      RETURNING c.id
    ), opened AS (
      SELECT t.*, 1 AS seq, NULL::uuid AS parent_id FROM turn t JOIN created ON created.id = t.conversation_id
      UNION ALL
      SELECT t.*, l.next_seq, l.leaf_id FROM turn t
      JOIN continued ON continued.id = t.conversation_id JOIN locked l ON l.id = t.conversation_id
    ), said AS (
      INSERT INTO messages
        (id, conversation_id, parent_id, seq, role, content, status, run_id, metadata, completed_at)
      SELECT user_id, conversation_id, parent_id, seq, 'user', content, 'completed', NULL, metadata, now() FROM opened
      UNION ALL
      SELECT reply_id, conversation_id, user_id, seq + 1, 'assistant', '', 'in_progress', run_id, '{}', NULL FROM opened
    ), started AS (
      INSERT INTO runs (id, conversation_id, message_id, status, lease_until)
      SELECT run_id, conversation_id, reply_id, 'in_progress', now() + lease_ms * interval '1 millisecond' FROM opened
    )
    SELECT o.seq, o.parent_id, l.active_run_id, now() AS created_at
    FROM turn t
    LEFT JOIN opened o ON o.conversation_id = t.conversation_id
    LEFT JOIN locked l ON l.id = t.conversation_id
    ORDER BY t.place`,
};

/** One result for each row, in their order. */
export function writeTurns(database: Database, rows: readonly TurnRow[]): Promise<BegunTurn[]> {
  const places = rows.map((row, place) => ({ place, ...row }));
  return database.query<BegunTurn & Record<string, unknown>>(beginTurns, [JSON.stringify(places)]);
}
