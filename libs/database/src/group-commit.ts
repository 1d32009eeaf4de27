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

/** Options of {@link GroupCommit}. */
export interface GroupCommitOptions<Row, Result> extends BatchWriterOptions<Row, Result> {
  /** Upper bound of rows per statement. Default 256. */
  maxBatch?: number;
  /** Upper bound of waiting rows; further ones are rejected. Default 10,000. */
  maxWaiting?: number;
  /** Rows with the same key never share a statement and are written in order of arrival. undefined: no constraint. */
  conflictKey?: (row: Row) => string | undefined;
  /** The owner of a row: owners are served round robin and share the queue. Omitted: all rows have the same owner. */
  owner?: (row: Row) => string;
  /** The fraction (0 to 1) of the queue that one owner may fill. Default 1: no bound, for rows that must not be rejected. */
  ownerShare?: number;
  /**
   * How long a statement may run, in ms, before waiting and new rows are rejected until it ends: the database does not
   * respond, and callers should not wait for several timeouts in succession. Default 5,000.
   */
  stallMs?: number;
}

/** Defaults of {@link GroupCommitOptions}. */
export const groupCommitDefaults = {
  maxBatch: 256,
  maxWaiting: 10_000,
  ownerShare: 1,
  stallMs: 5_000,
  ...batchWriterDefaults,
} as const;

type Entry<Row, Result> = PendingRow<Row, Result> & Keyed;

/**
 * Writes the rows of concurrent callers in shared statements (group commit): while one statement runs, the rows for the
 * next one are collected. A single caller does not wait. Under load, owners are served round robin, and a statement is
 * shared by all callers that arrived during the previous one, including requests that were received but not yet read.
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

  /** Number of rows that wait for a statement. */
  get waiting(): number {
    return this.#queue.size;
  }

  /**
   * Resolves with the row's result once it is committed. Aborting the signal removes a waiting row; a row that is being
   * written settles with its outcome.
   * @throws WriteQueueFullError, OwnerLimitError, DatabaseUnavailableError, the row's own error, or the signal's reason
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
      if (signal) this.#removeOnAbort(entry, signal);
      this.#enqueue(entry);
    });
  }

  /** Resolves when no row is waiting or being written. */
  drain(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #enqueue(entry: Entry<Row, Result>): void {
    this.#queue.add(entry);
    if (this.#isBusy) return;
    this.#isBusy = true;
    // On behalf of the process itself: a statement contains rows of several owners.
    void runAs(undefined, () => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    // One event loop turn reads the requests that have already arrived; larger batches cost less per row.
    for (await nextLoopTurn(); this.#queue.ready > 0; await nextLoopTurn()) {
      const batch = this.#queue.take(this.#maxBatch);
      const cancelStall = this.#clock.timer(this.#stallMs, () => this.#stall());
      await this.#writer.write(batch);
      cancelStall();
      this.#isStalled = false;
      this.#queue.release(batch);
    }
    this.#isBusy = false;
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #stall(): void {
    this.#isStalled = true;
    for (const { reject } of this.#queue.clear()) reject(this.#stallError());
  }

  #stallError(): DatabaseUnavailableError {
    return new DatabaseUnavailableError(new Error(`it has not responded for more than ${this.#stallMs} ms`));
  }

  #removeOnAbort(entry: Entry<Row, Result>, signal: AbortSignal): void {
    const remove = () => {
      if (this.#queue.remove(entry)) entry.reject(signal.reason);
    };
    const { resolve, reject } = entry;
    signal.addEventListener('abort', remove, { once: true });
    entry.resolve = (result) => {
      signal.removeEventListener('abort', remove);
      resolve(result);
    };
    entry.reject = (error) => {
      signal.removeEventListener('abort', remove);
      reject(error);
    };
  }
}
