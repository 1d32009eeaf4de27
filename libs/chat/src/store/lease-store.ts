import { type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';
import { claimExpiredRuns, type ClaimedRun } from './claim-runs.js';

/** A run of this process, with the fencing token that it writes with. */
export interface HeldRun {
  id: string;
  fence: number;
}

/** A run whose fencing token is still valid. */
export interface RenewedRun extends Record<string, unknown> {
  id: string;
  is_cancel_requested: boolean;
}

/**
 * A run that was handed over stays so, also if that happens at the same time. The lease of a locked run is not renewed
 * until the next heartbeat: the lock means that it is being written to. So a heartbeat waits for no lock, and cannot
 * deadlock with statements that lock several runs in another order.
 */
const renewLeases: Statement = {
  name: 'renew_leases',
  text: `
    WITH held AS MATERIALIZED (
      SELECT r.id, r.fence, r.cancel_requested_at FROM unnest($1::uuid[], $2::integer[]) AS ours (id, fence)
      JOIN runs r ON r.id = ours.id AND r.fence = ours.fence
      WHERE r.status IN ('queued', 'in_progress') AND NOT r.is_handed_over
    ), free AS MATERIALIZED (
      SELECT r.id FROM held JOIN runs r ON r.id = held.id AND r.fence = held.fence
      WHERE r.status IN ('queued', 'in_progress') AND NOT r.is_handed_over
      FOR NO KEY UPDATE OF r SKIP LOCKED
    ), renewed AS (
      UPDATE runs r SET lease_until = now() + $3::integer * interval '1 millisecond'
      FROM free WHERE r.id = free.id
    )
    SELECT id, cancel_requested_at IS NOT NULL AS is_cancel_requested FROM held`,
};

/** Renews and claims leases of runs. Expiry is decided by the clock of the database. */
@Injectable()
export class LeaseStore {
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase) {
    this.#database = database;
  }

  /**
   * Renews the leases of runs of this process.
   * @param leaseMs the duration of a lease from now, in milliseconds
   * @param signal cancels the statement
   * @returns the runs that this process still holds; the others were deleted, have ended, or belong to another replica
   * @throws DatabaseUnavailableError, the reason of the signal
   */
  renew(held: readonly HeldRun[], leaseMs: number, signal: AbortSignal): Promise<RenewedRun[]> {
    const values = [held.map(({ id }) => id), held.map(({ fence }) => fence), Math.round(leaseMs)];
    return this.#database.query<RenewedRun>(renewLeases, values, signal);
  }

  /** See {@link claimExpiredRuns}. */
  claim(leaseMs: number, own: readonly string[]): Promise<ClaimedRun[]> {
    return claimExpiredRuns(this.#database, leaseMs, own);
  }
}
