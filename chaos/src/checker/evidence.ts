import { type History } from '../history/history.js';

/** The statuses of messages and runs after which nothing may change. */
export const finalStatuses: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'incomplete']);

/** A row of `conversations`. */
export interface StoredConversation {
  id: string;
  nextSeq: number;
  leafId: string | null;
  activeRunId: string | null;
  queuedRunIds: string[];
}

/** A row of `messages`. */
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

/** A row of `runs`. */
export interface StoredRun {
  id: string;
  conversationId: string;
  messageId: string;
  status: string;
  /** The code of its error. */
  error: string | null;
  fence: number;
}

/** A change of a row that belongs to a run, recorded by a trigger in the same transaction. */
export interface AuditRow {
  /** Increases from change to change of the same row. */
  id: number;
  /** The database's clock, in milliseconds since 1970. */
  at: number;
  transaction: string;
  /** The `application_name` of the connection, which names the replica and the number of its process. */
  writer: string;
  table: 'runs' | 'messages' | 'run_pieces';
  operation: 'INSERT' | 'UPDATE' | 'DELETE';
  runId: string;
  /** Names of the columns that an UPDATE changed. */
  changed: string[];
  /** Of the row before the change. */
  statusBefore: string | null;
  fenceBefore: number | null;
  /** The end of the run's lease before the change, in milliseconds since 1970; null: there was none. */
  leaseBefore: number | null;
  /** Of the run, after the statement. */
  runStatus: string | null;
  fence: number | null;
}

/** The rows of the database after the run. */
export interface Snapshot {
  conversations: StoredConversation[];
  messages: StoredMessage[];
  runs: StoredRun[];
  /** The run of each piece of text that was not pruned. */
  pieces: { runId: string }[];
  audit: AuditRow[];
}

/** How a process of a replica ended. */
export interface ReplicaEnding {
  replica: string;
  /** What the run did to it before; `no`: nothing. */
  requested: 'killed' | 'terminated' | 'no';
  code: number | null;
  signal: string | null;
}

/** When a primary died or hung and its standby took over, in milliseconds since 1970. */
export interface Failover {
  failedAt: number;
  /** When the standby accepted writes. */
  promotedAt: number;
}

/** Everything that the rules check. */
export interface Evidence {
  histories: History[];
  database: Snapshot;
  endings: ReplicaEnding[];
  /** True for a rolling restart, in which no request may fail. */
  isRolling: boolean;
  /** Of the database, if there was one. */
  failover?: Failover | undefined;
}
