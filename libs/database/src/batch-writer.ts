import { type Clock } from './clock.js';
import { isConflict, isOutcomeUnknown, isUnavailable } from './database-errors.js';

/** Writes rows in one statement and returns one result for each, in the same order. All are written, or none. */
export type WriteRows<Row, Result> = (rows: readonly Row[]) => Promise<readonly Result[]>;

/**
 * Finds out what became of rows that may have been written: the result of each one that was, as its write would have
 * returned it, and undefined for each one that was not, in the same order.
 */
export type LookUpRows<Row, Result> = (
  rows: readonly Row[],
  signal: AbortSignal,
) => Promise<readonly (Result | undefined)[]>;

/** A row and whoever waits for its result. */
export interface PendingRow<Row, Result> {
  row: Row;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

export interface BatchWriterOptions<Row, Result> {
  /** True if a failed statement may succeed without one of its rows. Default: every error but an unavailable database. */
  isRowFault?: (error: unknown) => boolean;
  /**
   * What a lost answer is looked up with. A row that is not found is written again, so writing a row twice must fail, or
   * come to nothing. Left out: the caller is told that the database is not available, whatever became of the row.
   */
  lookUp?: LookUpRows<Row, Result>;
  /** For how long, in ms from its first writing, a row whose answer was lost is looked up and written again. Default 10,000. */
  recoverForMs?: number;
}

export const batchWriterDefaults = {
  recoverForMs: 10_000,
  /** Between two tries to look up, in ms. */
  recoverPauseMs: 250,
  /** For the last look at least, however long everything before has taken, in ms. */
  lastLookMs: 2_000,
  /** How often a statement is run again that lost against another one: a deadlock, a serialization failure. */
  maxConflicts: 5,
  /** The longest pause before the first of those, in ms; it doubles with each. */
  conflictPauseMs: 10,
} as const;

/** How one writing of a batch stands. */
interface Effort {
  /** No new try begins after this. */
  until: number;
  /** An earlier try may have written the rows after all, and may yet. */
  isDoubtful: boolean;
}

/**
 * Writes batches of rows, whatever happens on the way. A statement that lost against another one is run again. A batch that
 * some row spoils is halved until the bad ones stand alone. If the answer is lost, nobody knows whether the rows were
 * written: they are looked up, and those that were not are written again.
 */
export class BatchWriter<Row, Result> {
  readonly #isRowFault: (error: unknown) => boolean;
  readonly #lookUp: LookUpRows<Row, Result> | undefined;
  readonly #recoverForMs: number;
  readonly #writeRows: WriteRows<Row, Result>;
  readonly #clock: Clock;
  /** From 0 to 1, for pauses that differ. */
  readonly #random: () => number;

  constructor(
    writeRows: WriteRows<Row, Result>,
    options: BatchWriterOptions<Row, Result>,
    clock: Clock,

    random: () => number = Math.random,
  ) {
    this.#writeRows = writeRows;
    this.#clock = clock;
    this.#random = random;
    this.#isRowFault = options.isRowFault ?? ((error) => !isUnavailable(error));
    this.#lookUp = options.lookUp;
    this.#recoverForMs = options.recoverForMs ?? batchWriterDefaults.recoverForMs;
  }

  /** Settles every row of the batch. Never rejects. */
  write(batch: readonly PendingRow<Row, Result>[]): Promise<void> {
    return this.#write(batch, { until: this.#clock.now() + this.#recoverForMs, isDoubtful: false });
  }

  async #write(batch: readonly PendingRow<Row, Result>[], effort: Effort): Promise<void> {
    let results: readonly Result[];
    try {
      results = await this.#writeAgainstOthers(batch.map(({ row }) => row));
    } catch (error) {
      return this.#failed(batch, error, effort);
    }
    if (results.length !== batch.length) {
      const error = new RangeError(
        `${batch.length} rows were written, but ${results.length} results came back.`,
      );
      return rejectAll(batch, error);
    }
    let found: readonly (Result | undefined)[] = [];
    try {
      if (effort.isDoubtful) found = await this.#foundAfterAll(batch, effort);
    } catch (error) {
      return rejectAll(batch, error);
    }
    batch.forEach(({ resolve }, at) => resolve(found[at] ?? (results[at] as Result)));
  }

  async #writeAgainstOthers(rows: readonly Row[]): Promise<readonly Result[]> {
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        return await this.#writeRows(rows);
      } catch (error) {
        if (!isConflict(error) || conflicts === batchWriterDefaults.maxConflicts) throw error;
        await this.#clock.sleep(this.#random() * batchWriterDefaults.conflictPauseMs * 2 ** conflicts);
      }
    }
  }

  async #failed(batch: readonly PendingRow<Row, Result>[], error: unknown, effort: Effort): Promise<void> {
    if (this.#lookUp && (isOutcomeUnknown(error) || (effort.isDoubtful && isUnavailable(error)))) {
      return this.#recover(batch, this.#lookUp, error, effort);
    }
    if (batch.length > 1 && this.#isRowFault(error)) {
      const middle = Math.ceil(batch.length / 2);
      await this.#write(batch.slice(0, middle), effort);
      return this.#write(batch.slice(middle), effort);
    }
    let found: readonly (Result | undefined)[] = [];
    try {
      if (effort.isDoubtful) found = await this.#foundAfterAll(batch, effort);
    } catch (doubt) {
      return rejectAll(batch, doubt);
    }
    batch.forEach(({ resolve, reject }, at) => {
      const result = found[at];
      if (result === undefined) reject(error);
      else resolve(result);
    });
  }

  async #recover(
    batch: readonly PendingRow<Row, Result>[],
    lookUp: LookUpRows<Row, Result>,
    lost: unknown,
    { until }: Effort,
  ): Promise<void> {
    const rows = batch.map(({ row }) => row);
    for (;;) {
      const leftMs = until - this.#clock.now();
      if (leftMs <= 0) break;
      try {
        const found = await lookUp(rows, AbortSignal.timeout(Math.ceil(leftMs)));
        const missing = batch.filter(({ resolve }, at) => {
          const result = found[at];
          if (result !== undefined) resolve(result);
          return result === undefined;
        });
        if (missing.length > 0) await this.#write(missing, { until, isDoubtful: true });
        return;
      } catch (error) {
        const isAway = isUnavailable(error) || this.#clock.now() >= until;
        if (!isAway) return rejectAll(batch, error);
        await this.#clock.sleep(batchWriterDefaults.recoverPauseMs);
      }
    }
    rejectAll(batch, lost);
  }

  /**
   * A statement whose connection is gone may still be running in the server. If it came in between, the last try was
   * refused because of it.
   * @throws what keeps it from being looked up: a refusal that may be none is told to nobody
   */
  async #foundAfterAll(
    batch: readonly PendingRow<Row, Result>[],
    effort: Effort,
  ): Promise<readonly (Result | undefined)[]> {
    const rows = batch.map(({ row }) => row);
    const until = Math.max(effort.until, this.#clock.now() + batchWriterDefaults.lastLookMs);
    for (;;) {
      const leftMs = Math.max(1, Math.ceil(until - this.#clock.now()));
      try {
        return (await this.#lookUp?.(rows, AbortSignal.timeout(leftMs))) ?? [];
      } catch (error) {
        if (!isUnavailable(error) || this.#clock.now() >= until) throw error;
        await this.#clock.sleep(batchWriterDefaults.recoverPauseMs);
      }
    }
  }
}

function rejectAll<Row, Result>(batch: readonly PendingRow<Row, Result>[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}
