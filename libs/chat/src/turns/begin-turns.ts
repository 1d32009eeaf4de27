import { type Database, type Statement } from '#database';
import { fewRows } from './few-rows.js';
import { type OnBusy } from './turn.js';
import { type StoredRequest } from './stored-request.js';

/** The rows of one turn, before the database has given them their place. */
export interface TurnRow {
  conversation_id: string;
  owner: string;
  /** Opens the conversation; otherwise it must exist. */
  is_new: boolean;
  title: string | null;
  /** False: the turn goes after the conversation's newest message, and `parent_id` is null. */
  is_parent_given: boolean;
  /** Null: the first message of a branch of its own. */
  parent_id: string | null;
  /** Null for another answer to the message `parent_id`. */
  user_id: string | null;
  content: string | null;
  metadata: Record<string, unknown>;
  reply_id: string;
  run_id: string;
  request: StoredRequest;
  on_busy: OnBusy;
  max_queued: number;
  idempotency_key: string | null;
  request_hash: string | null;
  lease_ms: number;
}

/** What became of it. Without `seq` nothing was written, and the other members say why. */
export interface BegunTurn {
  /** Of its first new message; an answer to a new message has the one after it. */
  seq: number | null;
  branch: number | null;
  parent_id: string | null;
  /** The run waits until those before it are over. */
  is_queued: boolean;
  has_conversation: boolean;
  has_parent: boolean;
  /** As many runs wait as may. */
  is_queue_full: boolean;
  /** The run that generates, and that stands in the way of this one. */
  active_run_id: string | null;
  created_at: Date;
}

/**
 * Writes any number of turns, at most one of a conversation, in one statement and so in one transaction: locks the
 * conversations (in one order everywhere, so that two replicas never wait for each other), decides about busy ones,
 * claims idempotency keys, and inserts user message, answer and run. What it decides by stands in the locked row: other
 * tables would be read as they were before the lock was waited for. One JSON parameter costs less than an array for each
 * column.
 *
 * A turn after the newest message goes on in that message's branch; every other one begins a branch, which is named by
 * the `seq` of its first message.
 */
const beginTurns: Statement = {
  name: 'begin_turns',
  text: `
    WITH turn AS (
      SELECT * FROM json_to_recordset($1) AS t (
        place integer, conversation_id uuid, owner text, is_new boolean, title text, is_parent_given boolean,
        parent_id uuid, user_id uuid, content text, metadata jsonb, reply_id uuid, run_id uuid, request jsonb,
        on_busy text, max_queued integer, idempotency_key text, request_hash text, lease_ms integer)
      ${fewRows}
    ), locked AS MATERIALIZED (
      SELECT c.id, c.next_seq, c.leaf_id, c.leaf_branch, c.active_run_id, cardinality(c.queued_run_ids) AS queued
      FROM conversations c JOIN turn t ON t.conversation_id = c.id AND t.owner = c.owner
      WHERE NOT t.is_new
      ORDER BY c.id
      FOR UPDATE OF c
    ), placed AS MATERIALIZED (
      SELECT t.place, coalesce(l.next_seq, 1) AS seq,
        CASE WHEN t.is_parent_given THEN t.parent_id ELSE l.leaf_id END AS parent_id,
        p.branch AS given_branch, p.seq AS given_seq,
        CASE WHEN l.leaf_id IS NOT NULL AND (NOT t.is_parent_given OR t.parent_id = l.leaf_id)
          THEN l.leaf_branch END AS leaf_branch,
        t.is_new OR l.id IS NOT NULL AS has_conversation,
        t.parent_id IS NULL OR p.id IS NOT NULL OR t.parent_id IS NOT DISTINCT FROM l.leaf_id AS has_parent,
        l.active_run_id,
        coalesce(t.on_busy <> 'reject' AND l.queued >= t.max_queued, false) AS is_queue_full
      FROM turn t
      LEFT JOIN locked l ON l.id = t.conversation_id
      LEFT JOIN messages p ON p.id = t.parent_id AND p.conversation_id = t.conversation_id
    ), admitted AS (
      SELECT t.*, p.seq, p.leaf_branch, p.given_branch, p.given_seq, p.parent_id AS after_id, p.active_run_id
      FROM turn t JOIN placed p ON p.place = t.place
      WHERE p.has_conversation AND p.has_parent
        AND (p.active_run_id IS NULL OR t.on_busy <> 'reject' AND NOT p.is_queue_full)
    ), keyed AS (
      INSERT INTO idempotency_keys (owner, key, request_hash, conversation_id, run_id)
      SELECT owner, idempotency_key, request_hash, conversation_id, run_id FROM admitted
      WHERE idempotency_key IS NOT NULL
      ORDER BY owner, idempotency_key
      ON CONFLICT DO NOTHING
      RETURNING run_id
    ), opened AS (
      SELECT a.*, a.active_run_id IS NOT NULL AS is_queued, coalesce(a.leaf_branch, a.seq) AS branch,
        a.seq + (a.user_id IS NOT NULL)::integer AS reply_seq
      FROM admitted a
      WHERE a.idempotency_key IS NULL OR a.run_id IN (SELECT run_id FROM keyed)
    ), created AS (
      INSERT INTO conversations (id, owner, title, next_seq, leaf_id, active_run_id)
      SELECT conversation_id, owner, title, 3, reply_id, run_id FROM opened WHERE is_new
    ), continued AS (
      UPDATE conversations c
      SET next_seq = o.reply_seq + 1, leaf_id = o.reply_id, leaf_branch = o.branch, updated_at = now(),
          active_run_id = coalesce(c.active_run_id, o.run_id),
          queued_run_ids = CASE WHEN o.is_queued THEN c.queued_run_ids || o.run_id ELSE c.queued_run_ids END,
          title = coalesce(c.title, o.title)
      FROM opened o
      WHERE c.id = o.conversation_id AND NOT o.is_new
    ), forked AS (
      INSERT INTO branches (conversation_id, branch, parent_branch, fork_seq)
      SELECT conversation_id, branch, given_branch, given_seq FROM opened
      WHERE leaf_branch IS NULL AND given_branch IS NOT NULL
    ), said AS (
      INSERT INTO messages
        (id, conversation_id, parent_id, seq, branch, role, content, status, run_id, metadata, completed_at)
      SELECT user_id, conversation_id, after_id, seq, branch, 'user', content, 'completed', NULL, metadata, now()
      FROM opened WHERE user_id IS NOT NULL
      UNION ALL
      SELECT reply_id, conversation_id, coalesce(user_id, after_id), reply_seq, branch, 'assistant', '',
        CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, run_id, '{}', NULL
      FROM opened
    ), started AS (
      INSERT INTO runs (id, conversation_id, message_id, status, request, lease_until)
      SELECT run_id, conversation_id, reply_id, CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, request,
        now() + lease_ms * interval '1 millisecond'
      FROM opened
    )
    SELECT o.seq, o.branch, p.parent_id, coalesce(o.is_queued, false) AS is_queued, p.has_conversation, p.has_parent,
      p.is_queue_full, p.active_run_id, now() AS created_at
    FROM placed p LEFT JOIN opened o ON o.place = p.place
    ORDER BY p.place`,
};

/** One result for each row, in their order. */
export function writeTurns(database: Database, rows: readonly TurnRow[]): Promise<BegunTurn[]> {
  const places = rows.map((row, place) => ({ place, ...row }));
  return database.query<BegunTurn & Record<string, unknown>>(beginTurns, [JSON.stringify(places)]);
}
