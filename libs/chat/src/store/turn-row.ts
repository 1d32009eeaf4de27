import { type GenerationRequest } from '../model/generation-request.js';
import { type OnBusy } from '../model/turn.js';

/** The rows of one turn, before the database has given them their place. */
export interface TurnRow {
  conversation_id: string;
  owner: string;
  /** Opens the conversation, with a message and no parent; otherwise it must exist. */
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
  request: GenerationRequest;
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
 * Claims the idempotency keys of a CTE's turns, in one order everywhere. Another replica's claim of the same key is waited
 * for.
 */
export const claimingKeys = (turns: string): string => `
    keyed AS (
      INSERT INTO idempotency_keys (owner, key, request_hash, conversation_id, run_id)
      SELECT owner, idempotency_key, request_hash, conversation_id, run_id FROM ${turns}
      WHERE idempotency_key IS NOT NULL
      ORDER BY owner, idempotency_key
      ON CONFLICT DO NOTHING
      RETURNING run_id
    )`;

/** Holds for a turn without a key, and for one whose key was claimed. */
export const isFirstOfItsKey = '(idempotency_key IS NULL OR run_id IN (SELECT run_id FROM keyed))';

/** Inserts message, answer and run of the turns in the CTE `opened`, which know their place in the conversation. */
export const insertingTurns = `
    said AS (
      INSERT INTO messages
        (id, conversation_id, owner, parent_id, seq, branch, role, content, status, run_id, metadata, completed_at)
      SELECT user_id, conversation_id, owner, after_id, seq, branch, 'user', content, 'completed', NULL, metadata, now()
      FROM opened WHERE user_id IS NOT NULL
      UNION ALL
      SELECT reply_id, conversation_id, owner, coalesce(user_id, after_id), reply_seq, branch, 'assistant', '',
        CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, run_id, '{}', NULL
      FROM opened
    ), started AS (
      INSERT INTO runs (id, conversation_id, message_id, status, request, lease_until)
      SELECT run_id, conversation_id, reply_id, CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, request,
        now() + lease_ms * interval '1 millisecond'
      FROM opened
    )`;
