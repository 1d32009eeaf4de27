import { type Statement, type StatementRunner } from '#database';
import { fewRows } from './few-rows.js';
import { type BegunTurn, claimingKeys, insertingTurns, isFirstOfItsKey, type TurnRow } from './turn-row.js';

/**
 * Writes any number of turns, each with a conversation of its own, in one statement and so in one transaction. A statement
 * apart from the one for conversations that exist: nothing is to be locked or decided, which saves a third of its time.
 */
const openConversations: Statement = {
  name: 'open_conversations',
  text: `
    WITH turn AS (
      SELECT * FROM json_to_recordset($1) AS t (
        place integer, conversation_id uuid, owner text, title text, user_id uuid, content text, metadata jsonb,
        reply_id uuid, run_id uuid, request jsonb, idempotency_key text, request_hash text, lease_ms integer)
      ${fewRows}
    ), ${claimingKeys('turn')}, opened AS (
      SELECT *, NULL::uuid AS after_id, 1 AS seq, 2 AS reply_seq, 1 AS branch, false AS is_queued
      FROM turn WHERE ${isFirstOfItsKey}
    ), created AS (
      INSERT INTO conversations (id, owner, title, next_seq, leaf_id, active_run_id)
      SELECT conversation_id, owner, title, reply_seq + 1, reply_id, run_id FROM opened
    ), ${insertingTurns}
    SELECT o.seq, now() AS created_at
    FROM turn t LEFT JOIN opened o ON o.place = t.place
    ORDER BY t.place`,
};

interface Opened extends Record<string, unknown> {
  /** Null: the idempotency key is another turn's. */
  seq: number | null;
  created_at: Date;
}

/** One result for each row, in their order. */
export async function writeOpenings(
  database: StatementRunner,
  rows: readonly TurnRow[],
): Promise<BegunTurn[]> {
  const places = rows.map((row, place) => ({ place, ...row }));
  const opened = await database.query<Opened>(openConversations, [JSON.stringify(places)]);
  return opened.map(({ seq, created_at }) => ({
    seq,
    parent_id: null,
    is_queued: false,
    has_conversation: true,
    has_parent: true,
    is_queue_full: false,
    active_run_id: null,
    created_at,
  }));
}
