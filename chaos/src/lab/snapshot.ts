import {
  type AuditRow,
  type Snapshot,
  type StoredConversation,
  type StoredMessage,
  type StoredRun,
} from '../checker/evidence.js';
import { type LabPostgres } from './lab.js';

/** Reads all rows that the rules check. */
export async function readSnapshot(postgres: LabPostgres): Promise<Snapshot> {
  return {
    conversations: await postgres.query<StoredConversation>(`
      SELECT id, next_seq AS "nextSeq", leaf_id AS "leafId", active_run_id AS "activeRunId",
        queued_run_ids AS "queuedRunIds"
      FROM conversations`),
    messages: await postgres.query<StoredMessage>(`
      SELECT id, conversation_id AS "conversationId", parent_id AS "parentId", seq, role, content, status,
        run_id AS "runId"
      FROM messages`),
    runs: await postgres.query<StoredRun>(`
      SELECT id, conversation_id AS "conversationId", message_id AS "messageId", status, error ->> 'code' AS error, fence
      FROM runs`),
    pieces: await postgres.query(`SELECT run_id AS "runId" FROM run_pieces`),
    audit: await postgres.query<AuditRow>(`
      SELECT id::float8 AS id, (extract(epoch FROM at) * 1000)::float8 AS at, transaction, writer, table_name AS "table",
        operation, run_id AS "runId", changed, status_before AS "statusBefore", fence_before AS "fenceBefore",
        (extract(epoch FROM lease_before) * 1000)::float8 AS "leaseBefore", run_status AS "runStatus", fence
      FROM chaos_audit ORDER BY id`),
  };
}

/** How many runs have not ended. */
export async function unfinishedRuns(postgres: LabPostgres): Promise<number> {
  const [row] = await postgres.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM runs WHERE status IN ('queued', 'in_progress')`,
  );
  return row?.count ?? 0;
}
