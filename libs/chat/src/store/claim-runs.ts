import { type Statement, type StatementRunner } from '#database';
import { type RunStatus } from '../model/message.entity.js';
import { type GenerationRequest } from '../model/generation-request.js';
import { textSoFar } from './text-so-far.js';

/** A run whose replica died or let go of it, and that is this one's from now on. */
export interface ClaimedRun extends Record<string, unknown> {
  id: string;
  /** Of its conversation. */
  owner: string;
  status: Extract<RunStatus, 'queued' | 'in_progress'>;
  /** Names this replica's hold on it. */
  fence: number;
  request: GenerationRequest;
  /** The generation that begins now, unless there is none. */
  generation: number;
  /** Replicas that died while they had it. */
  crashes: number;
  /** Somebody wants it cancelled. */
  is_unwanted: boolean;
  /** What was written down of its text. */
  content: string | null;
}

/** Runs claimed by one statement at most. */
export const claimsAtOnce = 50;

/** Two replicas never claim the same run: one of them skips the row that the other has locked. */
const claimRuns: Statement = {
  name: 'claim_runs',
  text: `
    WITH abandoned AS MATERIALIZED (
      SELECT id FROM runs
      WHERE status IN ('queued', 'in_progress') AND lease_until < now() AND id <> ALL ($2::uuid[])
      ORDER BY lease_until
      LIMIT ${claimsAtOnce}
      FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE runs r
      SET fence = r.fence + 1, lease_until = now() + $1::integer * interval '1 millisecond', is_handed_over = false,
          generation = r.generation + (r.status = 'in_progress')::integer,
          crashes = r.crashes + (r.status = 'in_progress' AND NOT r.is_handed_over)::integer
      FROM abandoned a WHERE r.id = a.id
      RETURNING r.*
    )
    SELECT r.id, c.owner, r.status, r.fence, r.request, r.generation, r.crashes,
      r.cancel_requested_at IS NOT NULL AS is_unwanted, text.content
    FROM claimed r
    JOIN conversations c ON c.id = r.conversation_id
    LEFT JOIN LATERAL (${textSoFar('r.id')}) text ON true`,
};

/**
 * @param leaseMs how long they are ours without a sign of life
 * @param own the runs of this process: it is alive, however late it is with saying so
 */
export function claimAbandonedRuns(
  database: StatementRunner,
  leaseMs: number,
  own: readonly string[],
): Promise<ClaimedRun[]> {
  return database.query<ClaimedRun>(claimRuns, [Math.round(leaseMs), own]);
}
