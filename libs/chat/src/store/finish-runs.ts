import { type Statement, type StatementRunner } from '#database';
import { type RunStatus, type Usage } from '../model/message.entity.js';
import { type RunError } from '../model/run.entity.js';
import { type AttemptView } from '../model/attempt.view.js';
import { smallBatchHint } from './batches.js';

/** The values written at the end of a run. Field names are those of the statement's columns. */
export interface RunEndRow {
  /** The owner of the conversation. Nothing is written if the conversation has another owner. */
  owner: string;
  run_id: string;
  conversation_id: string;
  message_id: string;
  /** The run's fencing token: nothing is written if another replica has claimed the run since. */
  fence: number;
  /** The attempt that the text came from. */
  text_attempt: number;
  status: Exclude<RunStatus, 'queued' | 'in_progress'>;
  error: RunError | null;
  content: string;
  model: string | null;
  finish_reason: string | null;
  tokens_used: number | null;
  usage: Usage | null;
  source: 'primary' | 'fallback' | null;
  metadata: Record<string, unknown>;
  attempts: readonly AttemptView[];
}

/** The result of writing the end of a run. */
export interface RunEndResult {
  /** The time of the end; null if nothing was written: the run was deleted, has ended already, or has a new fencing token. */
  finished_at: Date | null;
  /** The queued run that is now the active run of the conversation, if there is one. */
  next_run_id: string | null;
}

/**
 * Ends any number of runs, at most one of each conversation, in one statement and so in one transaction. It locks
 * conversations in the same order as `continue_conversations`. The first queued run of a conversation becomes its active
 * run in the same statement, so that no other turn can get ahead of it.
 */
const finishRuns: Statement = {
  name: 'finish_runs',
  text: `
    WITH finished AS (
      SELECT * FROM json_to_recordset($1) AS f (
        ordinal integer, owner text, run_id uuid, conversation_id uuid, message_id uuid, fence integer, text_attempt integer,
        status text, error jsonb,
        content text, model text, finish_reason text, tokens_used integer, usage jsonb, source text, metadata jsonb,
        attempts json)
      ${smallBatchHint}
    ), locked AS MATERIALIZED (
      SELECT c.id FROM conversations c JOIN finished f ON f.conversation_id = c.id AND f.owner = c.owner
      ORDER BY c.id FOR UPDATE OF c
    ), ended AS (
      UPDATE runs r
      SET status = f.status, error = f.error, text_attempt = f.text_attempt, finished_at = now(), lease_until = NULL,
          attempts = f.attempts
      FROM finished f JOIN locked l ON l.id = f.conversation_id
      WHERE r.id = f.run_id AND r.conversation_id = l.id AND r.fence = f.fence AND r.status IN ('queued', 'in_progress')
      RETURNING r.id, r.finished_at
    ), answered AS (
      UPDATE messages m
      SET content = f.content, status = f.status, model = f.model, finish_reason = f.finish_reason,
          tokens_used = f.tokens_used, usage = f.usage, source = f.source, metadata = f.metadata, completed_at = now()
      FROM finished f JOIN ended e ON e.id = f.run_id
      WHERE m.id = f.message_id AND m.conversation_id = f.conversation_id
    ), pruned AS (
      DELETE FROM run_pieces p USING ended e WHERE p.run_id = e.id
    ), freed AS (
      UPDATE conversations c
      SET active_run_id = CASE WHEN c.active_run_id = f.run_id THEN c.queued_run_ids[1] ELSE c.active_run_id END,
          queued_run_ids = CASE WHEN c.active_run_id = f.run_id THEN c.queued_run_ids[2:]
            ELSE array_remove(c.queued_run_ids, f.run_id) END
      FROM finished f JOIN ended e ON e.id = f.run_id
      WHERE c.id = f.conversation_id
      RETURNING f.run_id, c.active_run_id AS next_run_id
    )
    SELECT e.finished_at, n.next_run_id
    FROM finished f LEFT JOIN ended e ON e.id = f.run_id LEFT JOIN freed n ON n.run_id = f.run_id
    ORDER BY f.ordinal`,
};

/** Writes the ends of runs. Returns one result for each row, in the same order. */
export function writeRunEnds(database: StatementRunner, rows: readonly RunEndRow[]): Promise<RunEndResult[]> {
  const ordered = rows.map((row, ordinal) => ({ ordinal, ...row }));
  return database.query<RunEndResult & Record<string, unknown>>(finishRuns, [JSON.stringify(ordered)]);
}
