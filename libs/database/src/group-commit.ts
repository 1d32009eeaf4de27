import { isUnavailable, WriteQueueFullError } from './database-errors.js';

/** Writes rows in one statement and returns one result for each, in the same order. All are written, or none. */
export type WriteRows<Row, Result> = (rows: readonly Row[]) => Promise<readonly Result[]>;

export interface GroupCommitOptions<Row> {
  /** Rows in one statement at most. Default 256. */
  maxBatch?: number;
  /** Rows waiting for a statement at most; one more is refused. Default 10,000. */
  maxWaiting?: number;
  /** Rows of the same key never share a statement, and are written in the order they came. undefined: no such key. */
  conflictKey?: (row: Row) => string | undefined;
  /** True if a failed statement may succeed without one of its rows. Default: every error but an unavailable database. */
  isRowFault?: (error: unknown) => boolean;
}

export const groupCommitDefaults = { maxBatch: 256, maxWaiting: 10_000 } as const;

interface Entry<Row, Result> {
  row: Row;
  key: string | undefined;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Writes the rows of concurrent callers together: while one statement is under way, the next one's rows gather. A lone
 * caller waits for nobody; under load the round trip and the commit are shared by all who came during the last one.
 */
export class GroupCommit<Row, Result> {
  private readonly maxBatch: number;
  private readonly maxWaiting: number;
  private readonly conflictKey: (row: Row) => string | undefined;
  private readonly isRowFault: (error: unknown) => boolean;
  /** Rows that the next statement may take: at most one of each key, and none whose key is under way. */
  private ready: Entry<Row, Result>[] = [];
  /** Rows behind another one of their key. A key is here exactly as long as one of its rows is ready or under way. */
  private readonly behind = new Map<string, Entry<Row, Result>[]>();
  private waitingRows = 0;
  private busy = false;
  private drained: (() => void)[] = [];

  constructor(
    private readonly writeRows: WriteRows<Row, Result>,
    options: GroupCommitOptions<Row> = {},
  ) {
    this.maxBatch = options.maxBatch ?? groupCommitDefaults.maxBatch;
    this.maxWaiting = options.maxWaiting ?? groupCommitDefaults.maxWaiting;
    this.conflictKey = options.conflictKey ?? (() => undefined);
    this.isRowFault = options.isRowFault ?? ((error) => !isUnavailable(error));
  }

  /** Rows that no statement has taken yet. */
  get waiting(): number {
    return this.waitingRows;
  }

  /**
   * Resolves with the row's result once it is committed. Aborting the signal takes the row back as long as it waits; a row
   * already on its way is written, and its caller is told so.
   * @throws WriteQueueFullError; what the row itself is refused for; DatabaseUnavailableError; the signal's reason.
   */
  submit(row: Row, signal?: AbortSignal): Promise<Result> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.waitingRows >= this.maxWaiting) return Promise.reject(new WriteQueueFullError(this.maxWaiting));
    return new Promise<Result>((resolve, reject) => {
      const entry: Entry<Row, Result> = { row, key: this.conflictKey(row), resolve, reject };
      if (signal) this.takeBackOnAbort(entry, signal);
      this.enqueue(entry);
    });
  }

  /** Resolves when no row waits and none is under way. */
  drain(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  private enqueue(entry: Entry<Row, Result>): void {
    this.waitingRows += 1;
    const queue = entry.key === undefined ? undefined : this.behind.get(entry.key);
    if (queue) {
      queue.push(entry);
    } else {
      if (entry.key !== undefined) this.behind.set(entry.key, []);
      this.ready.push(entry);
    }
    if (this.busy) return;
    this.busy = true;
    // Whoever submits in this same turn of the event loop still comes along.
    queueMicrotask(() => void this.writeAll());
  }

  private async writeAll(): Promise<void> {
    while (this.ready.length > 0) {
      const batch = this.ready.splice(0, this.maxBatch);
      this.waitingRows -= batch.length;
      await this.write(batch);
      for (const { key } of batch) if (key !== undefined) this.advance(key);
    }
    this.busy = false;
    for (const resolve of this.drained.splice(0)) resolve();
  }

  /** Settles every entry of the batch. A batch that some row spoils is halved until the bad ones stand alone. */
  private async write(batch: Entry<Row, Result>[]): Promise<void> {
    let results: readonly Result[];
    try {
      results = await this.writeRows(batch.map((entry) => entry.row));
    } catch (error) {
      if (batch.length === 1 || !this.isRowFault(error)) {
        for (const entry of batch) entry.reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.write(batch.slice(0, middle));
      await this.write(batch.slice(middle));
      return;
    }
    settle(batch, results);
  }

  /** The key's row has left: the next one of that key may go. */
  private advance(key: string): void {
    const next = this.behind.get(key)?.shift();
    if (next) this.ready.push(next);
    else this.behind.delete(key);
  }

  private takeBackOnAbort(entry: Entry<Row, Result>, signal: AbortSignal): void {
    const takeBack = () => {
      if (!this.remove(entry)) return;
      this.waitingRows -= 1;
      entry.reject(signal.reason);
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

  private remove(entry: Entry<Row, Result>): boolean {
    const readyAt = this.ready.indexOf(entry);
    if (readyAt >= 0) {
      this.ready.splice(readyAt, 1);
      if (entry.key !== undefined) this.advance(entry.key);
      return true;
    }
    const queue = entry.key === undefined ? undefined : this.behind.get(entry.key);
    const behindAt = queue?.indexOf(entry) ?? -1;
    if (behindAt >= 0) queue?.splice(behindAt, 1);
    return behindAt >= 0;
  }
}

function settle<Row, Result>(batch: Entry<Row, Result>[], results: readonly Result[]): void {
  if (results.length === batch.length) {
    batch.forEach((entry, index) => entry.resolve(results[index] as Result));
    return;
  }
  const error = new RangeError(`${batch.length} rows were written, but ${results.length} results came back.`);
  for (const entry of batch) entry.reject(error);
}
