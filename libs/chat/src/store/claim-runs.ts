import { type Statement, type StatementRunner } from '#database';
import { type RunStatus } from '../model/message.entity.js';
import { type GenerationRequest } from '../model/generation-request.js';
import { textSoFar } from './text-so-far.js';

/** A run whose replica died or handed it over, and whose lease this replica has now. */
export interface ClaimedRun extends Record<string, unknown> {
  id: string;
  /** The owner of its conversation. */
  owner: string;
  status: Extract<RunStatus, 'queued' | 'in_progress'>;
  /** The fencing token of this claim. */
  fence: number;
  request: GenerationRequest;
  /** The number of the generation that would begin now, from 1. */
  generation: number;
  /** How many replicas died while they generated it. */
  crashes: number;
  /** Whether its cancellation was requested. */
  is_cancel_requested: boolean;
  /** The text that was stored by checkpoints. */
  content: string | null;
}

/** Most runs that one statement claims. */
export const maxClaims = 50;

/** Two replicas never claim the same run: one of them skips the row that the other has locked. */
const claimRuns: Statement = {
  name: 'claim_runs',
  text: `
    WITH abandoned AS MATERIALIZED (
      SELECT id FROM runs
      WHERE status IN ('queued', 'in_progress') AND lease_until < now() AND id <> ALL ($2::uuid[])
      ORDER BY lease_until
      LIMIT ${maxClaims}
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
      r.cancel_requested_at IS NOT NULL AS is_cancel_requested, text.content
    FROM claimed r
    JOIN conversations c ON c.id = r.conversation_id
    LEFT JOIN LATERAL (${textSoFar('r.id')}) text ON true`,
};

/**
 * Claims runs whose lease has expired.
 * @param leaseMs the duration of the new leases, in milliseconds
 * @param own ids of the runs of this process, which are never claimed, even if their lease was renewed too late
 */
export function claimExpiredRuns(
  database: StatementRunner,
  leaseMs: number,
  own: readonly string[],
): Promise<ClaimedRun[]> {
  return database.query<ClaimedRun>(claimRuns, [Math.round(leaseMs), own]);
}
