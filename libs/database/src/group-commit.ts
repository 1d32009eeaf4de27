import { isWithinShare, type Owner } from '#fairness';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import {
  BatchWriter,
  type BatchWriterOptions,
  batchWriterDefaults,
  type PendingRow,
  type WriteRows,
} from './batch-writer.js';
import { type Clock, systemClock } from './clock.js';
import { DatabaseUnavailableError, OwnerLimitError, WriteQueueFullError } from './database-errors.js';
import { type Keyed, KeyedQueue } from './keyed-queue.js';
import { runAs } from './pool/calling-owner.js';

export interface GroupCommitOptions<Row, Result> extends BatchWriterOptions<Row, Result> {
  /** Rows in one statement at most. Default 256. */
  maxBatch?: number;
  /** Rows waiting for a statement at most; one more is refused. Default 10,000. */
  maxWaiting?: number;
  /** Rows of the same key never share a statement, and are written in the order they came. undefined: no such key. */
  conflictKey?: (row: Row) => string | undefined;
  /** The owner of a row: owners take turns and share the queue. Left out: all rows belong to one owner. */
  owner?: (row: Row) => string;
  /** The part of the queue that one owner may fill. Default 1: no bound, for rows that must not be refused. */
  ownerShare?: number;
  /**
   * How long a statement may be under way, in ms, before the rows behind it are refused, and every further one until it is
   * back: the database does not answer, and nobody should wait for several timeouts one after the other. Default 5,000.
   */
  stallMs?: number;
}

export const groupCommitDefaults = {
  maxBatch: 256,
  maxWaiting: 10_000,
  ownerShare: 1,
  stallMs: 5_000,
  ...batchWriterDefaults,
} as const;

type Entry<Row, Result> = PendingRow<Row, Result> & Keyed;

/**
 * Writes the rows of concurrent callers together: while one statement is under way, the next one's rows gather. A
 * single caller does not wait; under load owners take turns, and the round trip and the commit are shared by all who
 * came during the last one, and by those whose requests have arrived but were not read yet.
 */
export class GroupCommit<Row, Result> {
  readonly #queue = new KeyedQueue<Entry<Row, Result>>();
  readonly #writer: BatchWriter<Row, Result>;
  readonly #maxBatch: number;
  readonly #maxWaiting: number;
  readonly #stallMs: number;
  readonly #conflictKey: (row: Row) => string | undefined;
  readonly #owner: (row: Row) => Owner;
  readonly #ownerShare: number;
  #isBusy = false;
  #isStalled = false;
  #drained: (() => void)[] = [];

  readonly #clock: Clock;

  constructor(
    writeRows: WriteRows<Row, Result>,
    options: GroupCommitOptions<Row, Result> = {},
    clock: Clock = systemClock,
  ) {
    this.#clock = clock;
    this.#writer = new BatchWriter(writeRows, options, clock);
    this.#maxBatch = options.maxBatch ?? groupCommitDefaults.maxBatch;
    this.#maxWaiting = options.maxWaiting ?? groupCommitDefaults.maxWaiting;
    this.#stallMs = options.stallMs ?? groupCommitDefaults.stallMs;
    this.#conflictKey = options.conflictKey ?? (() => undefined);
    this.#owner = options.owner ?? (() => undefined);
    this.#ownerShare = options.ownerShare ?? groupCommitDefaults.ownerShare;
  }

  /** Rows that no statement has taken yet. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Resolves with the row's result once it is committed. Aborting the signal takes the row back as long as it waits; a row
   * already on its way is written, and its caller is told so.
   * @throws WriteQueueFullError; OwnerLimitError; what the row itself is refused for; DatabaseUnavailableError; the signal's reason.
   */
  submit(row: Row, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#isStalled) return Promise.reject(this.#stallError());
    if (this.#queue.size >= this.#maxWaiting)
      return Promise.reject(new WriteQueueFullError(this.#maxWaiting));
    const owner = this.#owner(row);
    const free = this.#maxWaiting - this.#queue.size;
    if (owner !== undefined && !isWithinShare(this.#queue.sizeOf(owner), free, this.#ownerShare))
      return Promise.reject(new OwnerLimitError('rows'));
    return new Promise<Result>((resolve, reject) => {
      const entry: Entry<Row, Result> = { row, owner, key: this.#conflictKey(row), resolve, reject };
      if (signal) this.#takeBackOnAbort(entry, signal);
      this.#enqueue(entry);
    });
  }

  /** Resolves when no row waits and none is under way. */
  drain(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #enqueue(entry: Entry<Row, Result>): void {
    this.#queue.add(entry);
    if (this.#isBusy) return;
    this.#isBusy = true;
    // On behalf of the process itself: a statement has rows of several owners.
    void runAs(undefined, () => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    // What has arrived by now is read before each statement: larger batches cost less for each row, and nobody waits for it.
    for (await nextLoopTurn(); this.#queue.ready > 0; await nextLoopTurn()) {
      const batch = this.#queue.take(this.#maxBatch);
      const cancelStall = this.#clock.timer(this.#stallMs, () => this.#stall());
      await this.#writer.write(batch);
      cancelStall();
      this.#isStalled = false;
      this.#queue.giveBack(batch);
    }
    this.#isBusy = false;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #stall(): void {
    this.#isStalled = true;
    for (const { reject } of this.#queue.clear()) reject(this.#stallError());
  }

  #stallError(): DatabaseUnavailableError {
    return new DatabaseUnavailableError(new Error(`it has not answered for more than ${this.#stallMs} ms`));
  }

  #takeBackOnAbort(entry: Entry<Row, Result>, signal: AbortSignal): void {
    const takeBack = () => {
      if (this.#queue.remove(entry)) entry.reject(signal.reason);
    };
    const { resolve, reject } = entry;
    signal.addEventListener('abort', takeBack, { once: true });
    entry.resolve = (result) => {
      signal.removeEventListener('abort', takeBack);
      resolve(result);
    };
    entry.reject = (error) => {
      signal.removeEventListener('abort', takeBack);
      reject(error);
    };
  }
}
