import { type GenerationRequest } from '../model/generation-request.js';
import { type OnBusy } from '../model/turn.js';

/** The values of one new turn. Field names are those of the statements' columns. */
export interface TurnRow {
  conversation_id: string;
  owner: string;
  /** Creates the conversation; the turn then has a message and no parent. Otherwise the conversation must exist. */
  is_new: boolean;
  title: string | null;
  /** False: the parent is the conversation's newest message, and `parent_id` is null. */
  is_parent_given: boolean;
  /** Null: the message starts a branch without a parent. */
  parent_id: string | null;
  /** Null if the message `parent_id` is answered again. */
  user_id: string | null;
  content: string | null;
  metadata: Record<string, unknown>;
  reply_id: string;
  run_id: string;
  request: GenerationRequest;
  on_busy: OnBusy;
  /** Most runs that may be queued in the conversation. */
  max_queued: number;
  idempotency_key: string | null;
  /** See `Idempotency.hash`. */
  request_hash: string | null;
  lease_ms: number;
}

/** The result of writing a turn. Without `seq` nothing was written, and the other members give the reason. */
export interface TurnRowResult {
  /** The `seq` of the first new message; the answer to a new message has the next one. */
  seq: number | null;
  parent_id: string | null;
  /** The run waits until earlier runs of the conversation have ended. */
  is_queued: boolean;
  has_conversation: boolean;
  has_parent: boolean;
  /** `max_queued` runs are waiting. */
  is_queue_full: boolean;
  /** The run that is generating an answer in the conversation. */
  active_run_id: string | null;
  created_at: Date;
}

/**
 * SQL for the CTE `keyed`, which inserts the idempotency keys of the turns in another CTE. All statements insert in the
 * same order, so that they cannot deadlock; an uncommitted insert of the same key by another replica is waited for.
 */
export const claimKeysCte = (turns: string): string => `
    keyed AS (
      INSERT INTO idempotency_keys (owner, key, request_hash, conversation_id, run_id)
      SELECT owner, idempotency_key, request_hash, conversation_id, run_id FROM ${turns}
      WHERE idempotency_key IS NOT NULL
      ORDER BY owner, idempotency_key
      ON CONFLICT DO NOTHING
      RETURNING run_id
    )`;

/** SQL: the turn has no idempotency key, or its key was inserted by `keyed`. */
export const ownsIdempotencyKey = '(idempotency_key IS NULL OR run_id IN (SELECT run_id FROM keyed))';

/** SQL for the CTEs that insert message, answer and run of the turns in the CTE `opened`, whose `seq` is known. */
export const insertTurnsCtes = `
    inserted_messages AS (
      INSERT INTO messages
        (id, conversation_id, owner, parent_id, seq, branch, role, content, status, run_id, metadata, completed_at)
      SELECT user_id, conversation_id, owner, after_id, seq, branch, 'user', content, 'completed', NULL, metadata, now()
      FROM opened WHERE user_id IS NOT NULL
      UNION ALL
      SELECT reply_id, conversation_id, owner, coalesce(user_id, after_id), reply_seq, branch, 'assistant', '',
        CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, run_id, '{}', NULL
      FROM opened
    ), inserted_runs AS (
      INSERT INTO runs (id, conversation_id, message_id, status, request, lease_until)
      SELECT run_id, conversation_id, reply_id, CASE WHEN is_queued THEN 'queued' ELSE 'in_progress' END, request,
        now() + lease_ms * interval '1 millisecond'
      FROM opened
    )`;
