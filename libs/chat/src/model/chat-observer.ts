import { EventEmitter } from 'node:events';
import { type RunView } from './run.view.js';

/** What happens to runs, for logs and metrics. */
export interface ChatObservations {
  runFinished: [run: RunView];
  /** The end of a run could not be stored yet. */
  storeDelayed: [runId: string, error: Error];
  /** The end of a run could not be stored in time; its lease will run out. */
  storeFailed: [runId: string, error: Error];
  /** PostgreSQL refused the end of a run, so less of it is stored. */
  storeReduced: [runId: string, error: Error];
  /** Runs of replicas that died or stopped were taken over. */
  runsClaimed: [count: number];
  /** Leases could not be renewed, or dead runs not looked for. */
  leaseFailed: [error: Error];
  /** What is too old could not be erased; it is tried again. */
  retentionFailed: [error: Error];
  /** The text of growing runs could not be written down; it is tried again. */
  checkpointFailed: [error: Error];
  /** Runs of other replicas could not be looked at; it is tried again. */
  followFailed: [error: Error];
  /** A defect: a run ended with an error that nobody foresaw. */
  defect: [runId: string, error: unknown];
}

/** Typed events of this room. Listeners must not throw. */
export class ChatObserver extends EventEmitter<ChatObservations> {}
