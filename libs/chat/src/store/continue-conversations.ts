import { type Statement, type StatementRunner } from '#database';
import { smallBatchHint } from './batches.js';
import {
  type TurnRowResult,
  claimKeysCte,
  insertTurnsCtes,
  ownsIdempotencyKey,
  type TurnRow,
} from './turn-row.js';

/**
 * Writes any number of turns, each in a different existing conversation, in one statement and so in one transaction: locks
 * the conversations (in the order of their ids, so that replicas cannot deadlock), rejects or queues turns of busy ones,
 * inserts idempotency keys, and inserts user message, answer and run. Every decision is based on the locked row: other
 * tables are read with the snapshot from before the lock was acquired. One JSON parameter costs less than an array for
 * each column.
 *
 * A turn after the newest message continues the branch of that message. Every other turn starts a branch, whose number is
 * the `seq` of its first message.
 */
const continueConversations: Statement = {
  name: 'continue_conversations',
  text: `
    WITH turn AS (
      SELECT * FROM json_to_recordset($1) AS t (
        ordinal integer, conversation_id uuid, owner text, title text, is_parent_given boolean, parent_id uuid,
        user_id uuid, content text, metadata jsonb, reply_id uuid, run_id uuid, request jsonb,
        on_busy text, max_queued integer, idempotency_key text, request_hash text, lease_ms integer)
      ${smallBatchHint}
    ), locked AS MATERIALIZED (
      SELECT c.id, c.next_seq, c.leaf_id, c.leaf_branch, c.active_run_id, cardinality(c.queued_run_ids) AS queued
      FROM conversations c JOIN turn t ON t.conversation_id = c.id AND t.owner = c.owner
      ORDER BY c.id
      FOR UPDATE OF c
    ), placed AS MATERIALIZED (
      SELECT t.ordinal, l.next_seq AS seq,
        CASE WHEN t.is_parent_given THEN t.parent_id ELSE l.leaf_id END AS parent_id,
        p.branch AS given_branch, p.seq AS given_seq,
        CASE WHEN l.leaf_id IS NOT NULL AND (NOT t.is_parent_given OR t.parent_id = l.leaf_id)
          THEN l.leaf_branch END AS leaf_branch,
        l.id IS NOT NULL AS has_conversation,
        t.parent_id IS NULL OR p.id IS NOT NULL OR t.parent_id IS NOT DISTINCT FROM l.leaf_id AS has_parent,
        l.active_run_id,
        coalesce(t.on_busy <> 'reject' AND l.queued >= t.max_queued, false) AS is_queue_full
      FROM turn t
      LEFT JOIN locked l ON l.id = t.conversation_id
      LEFT JOIN messages p ON p.id = t.parent_id AND p.conversation_id = t.conversation_id
    ), admitted AS (
      SELECT t.*, p.seq, p.leaf_branch, p.given_branch, p.given_seq, p.parent_id AS after_id,
        p.active_run_id IS NOT NULL AS is_queued, coalesce(p.leaf_branch, p.seq) AS branch,
        p.seq + (t.user_id IS NOT NULL)::integer AS reply_seq
      FROM turn t JOIN placed p ON p.ordinal = t.ordinal
      WHERE p.has_conversation AND p.has_parent
        AND (p.active_run_id IS NULL OR t.on_busy <> 'reject' AND NOT p.is_queue_full)
    ), ${claimKeysCte('admitted')}, opened AS (
      SELECT * FROM admitted WHERE ${ownsIdempotencyKey}
    ), continued AS (
      UPDATE conversations c
      SET next_seq = o.reply_seq + 1, leaf_id = o.reply_id, leaf_branch = o.branch, updated_at = now(),
          active_run_id = coalesce(c.active_run_id, o.run_id),
          queued_run_ids = CASE WHEN o.is_queued THEN c.queued_run_ids || o.run_id ELSE c.queued_run_ids END,
          title = coalesce(c.title, o.title)
      FROM opened o
      WHERE c.id = o.conversation_id
    ), forked AS (
      INSERT INTO branches (conversation_id, owner, branch, parent_branch, fork_seq)
      SELECT conversation_id, owner, branch, given_branch, given_seq FROM opened
      WHERE leaf_branch IS NULL AND given_branch IS NOT NULL
    ), ${insertTurnsCtes}
    SELECT o.seq, p.parent_id, coalesce(o.is_queued, false) AS is_queued, p.has_conversation, p.has_parent,
      p.is_queue_full, p.active_run_id, now() AS created_at
    FROM placed p LEFT JOIN opened o ON o.ordinal = p.ordinal
    ORDER BY p.ordinal`,
};

/** Writes turns in existing conversations. Returns one result for each row, in the same order. */
export function writeContinuations(
  database: StatementRunner,
  rows: readonly TurnRow[],
): Promise<TurnRowResult[]> {
  const ordered = rows.map((row, ordinal) => ({ ordinal, ...row }));
  return database.query<TurnRowResult & Record<string, unknown>>(continueConversations, [
    JSON.stringify(ordered),
  ]);
}
