/** The limits of searches. */
export interface SearchLimitOptions {
  /** Longest duration of one search, in milliseconds. */
  timeoutMs?: number | undefined;
  /** Connections of the database pool. */
  poolSize?: number | undefined;
  /** The fraction of shared resources that one owner may use, above 0; 1: no bound. */
  ownerShare?: number | undefined;
}

/** The options of `ChatModule`. */
export interface ChatOptions {
  /** How much of a conversation is sent to the LLM; `maxChars` in UTF-16 code units. */
  history: { maxMessages: number; maxChars: number };
  /** Settings of turns that do not set them. */
  generation: { maxTokens?: number | undefined; temperature?: number | undefined };
  /** How long runs may continue after the shutdown began, in milliseconds. */
  drainTimeoutMs?: number;
  /** Duration of the lease of a run, in milliseconds: how long after the last heartbeat other replicas may claim it. */
  leaseMs?: number;
  /** Days without a turn after which a conversation is deleted; left out: never. */
  retentionDays?: number | undefined;
  /** The fraction of shared queues that one owner may use, above 0; left out: 1, no bound. */
  ownerShare?: number;
  /** The limits of searches; left out: the defaults. */
  search?: SearchLimitOptions;
  /** Time without events after which an event stream sends a comment line, in milliseconds. */
  streamHeartbeatMs?: number | undefined;
}

/** The defaults of the options, and the fixed intervals and limits of this module. */
export const chatDefaults = {
  drainTimeoutMs: 20_000,
  leaseMs: 15_000,
  streamHeartbeatMs: 15_000,
  /** How long a reader may take to read the rest of a stream that the server ends. */
  streamCutMs: 1_000,
  /** Interval of checkpoints of running answers, and of polling runs of other replicas where LISTEN does not work. */
  checkpointMs: 250,
  /** Interval of polling runs of other replicas where notifications are received. */
  followPollMs: 2_000,
  /** Interval of polling followed conversations for new turns. */
  turnPollMs: 1_000,
  /** How long the end of a run is retried while the database is unavailable, before the run is left to its lease. */
  storeTimeoutMs: 60_000,
  /** Pause between two of these retries. */
  storeRetryMs: 500,
  /** Longest duration of one search, longest wait before it, and most waiting searches of all owners. */
  searchTimeoutMs: 3_000,
  searchQueueMs: 2_000,
  maxWaitingSearches: 50,
  /** Most queued runs in one conversation. */
  maxQueuedRuns: 10,
  /** How long an idempotency key is stored. */
  idempotencyHours: 24,
  /** Interval of deleting rows that are too old. */
  retentionSweepMs: 600_000,
} as const;

/** Largest message, in bytes of UTF-8. */
export const maxMessageBytes = 256 * 1024;
