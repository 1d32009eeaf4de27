import { type History } from '../history/history.js';

/** Statuses of messages and runs that nothing changes any more. */
export const finalStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'incomplete']);

export interface StoredConversation {
  id: string;
  nextSeq: number;
  leafId: string | null;
  activeRunId: string | null;
  queuedRunIds: string[];
}

export interface StoredMessage {
  id: string;
  conversationId: string;
  parentId: string | null;
  seq: number;
  role: string;
  content: string;
  status: string;
  runId: string | null;
}

export interface StoredRun {
  id: string;
  conversationId: string;
  messageId: string;
  status: string;
  /** The code of its error. */
  error: string | null;
  fence: number;
}

/** A change of a row that belongs to a run, written down by the database in the transaction that made it. */
export interface AuditRow {
  /** Grows from change to change of the same row. */
  id: number;
  /** The database's clock, in milliseconds since 1970. */
  at: number;
  transaction: string;
  /** The replica, as its connection is named. */
  writer: string;
  table: 'runs' | 'messages' | 'run_pieces';
  operation: 'INSERT' | 'UPDATE' | 'DELETE';
  runId: string;
  /** Names of the columns that an UPDATE changed. */
  changed: string[];
  /** Of the row before. */
  statusBefore: string | null;
  fenceBefore: number | null;
  /** Until when the run was somebody's, in milliseconds since 1970; null: nobody's. */
  leaseBefore: number | null;
  /** Of the run, as it stood when the statement was done. */
  runStatus: string | null;
  fence: number | null;
}

/** The database at the end. */
export interface Snapshot {
  conversations: StoredConversation[];
  messages: StoredMessage[];
  runs: StoredRun[];
  /** Runs with text that was not pruned, once for each piece. */
  pieces: { runId: string }[];
  audit: AuditRow[];
}

/** How a replica ended, and whether that was our doing. */
export interface ReplicaEnding {
  replica: string;
  wanted: 'killed' | 'terminated' | 'no';
  code: number | null;
  signal: string | null;
}

/** Everything that is judged. */
export interface Evidence {
  histories: History[];
  database: Snapshot;
  endings: ReplicaEnding[];
  /** Replicas were only asked to stop, one after the other: no request may fail. */
  isRolling: boolean;
}
