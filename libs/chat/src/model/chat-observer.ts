import { EventEmitter } from 'node:events';
import { type RunView } from './run.view.js';

/** The typed events of this module and their arguments. */
export interface ChatObservations {
  /** The end of a run was stored. */
  runFinished: [run: RunView];
  /** A statement of a run failed because the database is unavailable; it is retried. */
  storeDelayed: [runId: string, error: Error];
  /** A statement of a run failed, and is not retried any more; the lease of the run will expire. */
  storeFailed: [runId: string, error: Error];
  /** PostgreSQL refused the values at the end of a run, so a reduced outcome is stored. */
  storeReduced: [runId: string, error: Error];
  /** Runs of replicas that died or stopped were claimed. */
  runsClaimed: [count: number];
  /** A heartbeat failed: leases were not renewed, or expired runs not claimed. */
  leaseFailed: [error: Error];
  /** Old rows could not be deleted; the next sweep tries again. */
  retentionFailed: [error: Error];
  /** The text of running answers could not be stored; the next checkpoint tries again. */
  checkpointFailed: [error: Error];
  /** Runs of other replicas could not be polled; the next poll tries again. */
  followFailed: [error: Error];
  /** A run failed with an error that is not an LlmError: a bug. */
  defect: [runId: string, error: unknown];
}

/** Emits the typed events of this module, for logs and metrics. Listeners must not throw. */
export class ChatObserver extends EventEmitter<ChatObservations> {}
