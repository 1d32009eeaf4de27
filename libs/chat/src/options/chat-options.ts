/** What bounds searches. Times in milliseconds. */
export interface SearchLimitOptions {
  /** Longest time for one running search. */
  timeoutMs?: number | undefined;
  /** Connections of the pool. */
  poolSize?: number | undefined;
  /** The part of shared resources that one owner may hold; 1: there is one owner only. */
  ownerShare?: number | undefined;
}

/** What the application decides about chat. Times in milliseconds. */
export interface ChatOptions {
  /** How much of a conversation the LLM is told. */
  history: { maxMessages: number; maxChars: number };
  /** What a turn asks for when it says nothing else. */
  generation: { maxTokens?: number | undefined; temperature?: number | undefined };
  /** How long runs may go on after the server was told to stop. */
  drainTimeoutMs?: number;
  /** How long a run outlives the last sign of life of its replica. */
  leaseMs?: number;
  /** After so many days without a turn a conversation is erased; left out: never. */
  retentionDays?: number | undefined;
  /** The part of shared waiting places that one owner may hold; left out: 1, no bound. */
  ownerShare?: number;
  /** What bounds searches; left out: the defaults. */
  search?: SearchLimitOptions;
  /** Between two comment lines of an event stream that has nothing to say. */
  streamHeartbeatMs?: number;
}

/** The one place where this room's defaults stand. */
export const chatDefaults = {
  drainTimeoutMs: 20_000,
  leaseMs: 15_000,
  streamHeartbeatMs: 15_000,
  /** How long a reader may take for the last of a stream that is ended by us. */
  streamCutMs: 1_000,
  /** How far the text in the database may be behind, and how often runs of other replicas are looked at unasked. */
  checkpointMs: 250,
  /** The same where replicas hear of each other's progress. */
  followIntervalMs: 2_000,
  /** How often the conversations that somebody follows are looked at for new turns. */
  turnBellMs: 1_000,
  /** How long the end of a run is offered to a database that is away, before the run is left to its lease. */
  storeTimeoutMs: 60_000,
  storeRetryMs: 500,
  /** Longest time for one running search, longest wait before it, and most waiting searches of all owners. */
  searchTimeoutMs: 3_000,
  searchQueueMs: 2_000,
  maxWaitingSearches: 50,
  /** Runs that may wait in one conversation. */
  maxQueuedRuns: 10,
  /** How long an idempotency key is remembered. */
  idempotencyHours: 24,
  /** How often what is too old is looked for. */
  retentionSweepMs: 600_000,
} as const;

/** Largest message, in bytes of UTF-8. */
export const maxMessageBytes = 256 * 1024;
