import { type Clock } from './clock.js';
import { isConflict, isOutcomeUnknown, isReadOnly, isUnavailable } from './error-classes.js';

/** Writes rows in one statement, all or none, and returns one result per row in the same order. */
export type WriteRows<Row, Result> = (rows: readonly Row[]) => Promise<readonly Result[]>;

/**
 * Looks up rows that may have been written. Returns per row, in the same order, the result that its write would have
 * returned, or undefined if it was not written.
 */
export type LookUpRows<Row, Result> = (
  rows: readonly Row[],
  signal: AbortSignal,
) => Promise<readonly (Result | undefined)[]>;

/** A row and the callbacks that settle its caller's promise. */
export interface PendingRow<Row, Result> {
  row: Row;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Options of {@link BatchWriter}. */
export interface BatchWriterOptions<Row, Result> {
  /** Whether a failed statement may succeed without one of its rows. Default: true unless the database is unavailable. */
  isRowFault?: (error: unknown) => boolean;
  /**
   * Looks up rows after a response was lost. A row that is not found is written again, so writing a row twice must fail or
   * have no effect. Omitted: such rows are rejected with DatabaseUnavailableError, although they may have been written.
   */
  lookUp?: LookUpRows<Row, Result>;
  /** How long, in ms since its first write, a row whose response was lost is looked up and written again. Default 10,000. */
  recoverForMs?: number;
}

/** Defaults of {@link BatchWriterOptions}, and constants of {@link BatchWriter}. */
export const batchWriterDefaults = {
  recoverForMs: 10_000,
  /** Pause between two look-ups, in ms. */
  recoverPauseMs: 250,
  /** Minimum time for the final look-up, in ms, even if `recoverForMs` has passed. */
  finalLookUpMs: 2_000,
  /** How often a statement is retried after a deadlock or a serialization failure. */
  maxConflicts: 5,
  /** Upper bound of the random pause before the first of these retries, in ms; doubles with each. */
  conflictPauseMs: 10,
} as const;

/** The state of one write across its retries. */
interface WriteState {
  /** Clock time in ms after which no further attempt starts. */
  deadline: number;
  /** An earlier attempt lost its response: it may have written the rows, or may still do so. */
  mayBeWritten: boolean;
}

/**
 * Writes batches of rows and recovers from failures:
 * - After a deadlock or serialization failure the statement is retried.
 * - A batch with an invalid row is halved until the invalid rows are isolated.
 * - After a lost response the rows are looked up, and those that are missing are written again.
 */
export class BatchWriter<Row, Result> {
  readonly #isRowFault: (error: unknown) => boolean;
  readonly #lookUp: LookUpRows<Row, Result> | undefined;
  readonly #recoverForMs: number;
  readonly #writeRows: WriteRows<Row, Result>;
  readonly #clock: Clock;
  readonly #random: () => number;

  /** @param random returns a number from 0 to 1, to jitter the pauses after conflicts */
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
    return this.#write(batch, { deadline: this.#clock.now() + this.#recoverForMs, mayBeWritten: false });
  }

  async #write(batch: readonly PendingRow<Row, Result>[], state: WriteState): Promise<void> {
    let results: readonly Result[];
    try {
      results = await this.#writeRetryingConflicts(batch.map(({ row }) => row));
    } catch (error) {
      return this.#failed(batch, error, state);
    }
    if (results.length !== batch.length) {
      const error = new RangeError(
        `${batch.length} rows were written, but ${results.length} results were returned.`,
      );
      return rejectAll(batch, error);
    }
    let found: readonly (Result | undefined)[] = [];
    try {
      if (state.mayBeWritten) found = await this.#lookUpEarlierWrite(batch, state);
    } catch (error) {
      return rejectAll(batch, error);
    }
    batch.forEach(({ resolve }, at) => resolve(found[at] ?? (results[at] as Result)));
  }

  async #writeRetryingConflicts(rows: readonly Row[]): Promise<readonly Result[]> {
    for (let conflicts = 0; ; conflicts += 1) {
      try {
        return await this.#writeRows(rows);
      } catch (error) {
        if (!isConflict(error) || conflicts === batchWriterDefaults.maxConflicts) throw error;
        await this.#clock.sleep(this.#random() * batchWriterDefaults.conflictPauseMs * 2 ** conflicts);
      }
    }
  }

  async #failed(batch: readonly PendingRow<Row, Result>[], error: unknown, state: WriteState): Promise<void> {
    if (this.#lookUp && isOutcomeUnknown(error)) return this.#recover(batch, this.#lookUp, error, state);
    // A server that is read-only stays so for longer than a caller should wait.
    if (this.#lookUp && state.mayBeWritten && isUnavailable(error) && !isReadOnly(error)) {
      await this.#clock.sleep(batchWriterDefaults.recoverPauseMs);
      return this.#recover(batch, this.#lookUp, error, state);
    }
    if (batch.length > 1 && this.#isRowFault(error)) {
      const middle = Math.ceil(batch.length / 2);
      await this.#write(batch.slice(0, middle), state);
      return this.#write(batch.slice(middle), state);
    }
    let found: readonly (Result | undefined)[] = [];
    try {
      if (state.mayBeWritten) found = await this.#lookUpEarlierWrite(batch, state);
    } catch (lookUpError) {
      return rejectAll(batch, lookUpError);
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
    writeError: unknown,
    { deadline }: WriteState,
  ): Promise<void> {
    const rows = batch.map(({ row }) => row);
    for (;;) {
      const leftMs = deadline - this.#clock.now();
      if (leftMs <= 0) break;
      try {
        const found = await lookUp(rows, AbortSignal.timeout(Math.ceil(leftMs)));
        const missing = batch.filter(({ resolve }, at) => {
          const result = found[at];
          if (result !== undefined) resolve(result);
          return result === undefined;
        });
        if (missing.length > 0) await this.#write(missing, { deadline, mayBeWritten: true });
        return;
      } catch (error) {
        const isRetried = isUnavailable(error) || this.#clock.now() >= deadline;
        if (!isRetried) return rejectAll(batch, error);
        await this.#clock.sleep(batchWriterDefaults.recoverPauseMs);
      }
    }
    rejectAll(batch, writeError);
  }

  /**
   * Looks up what an earlier attempt wrote: its statement may have continued on the server after the connection was lost,
   * so the error of the last attempt may only mean that the rows exist.
   * @throws the error of the look-up, which then replaces the doubtful error of the write
   */
  async #lookUpEarlierWrite(
    batch: readonly PendingRow<Row, Result>[],
    state: WriteState,
  ): Promise<readonly (Result | undefined)[]> {
    const rows = batch.map(({ row }) => row);
    const deadline = Math.max(state.deadline, this.#clock.now() + batchWriterDefaults.finalLookUpMs);
    for (;;) {
      const leftMs = Math.max(1, Math.ceil(deadline - this.#clock.now()));
      try {
        return (await this.#lookUp?.(rows, AbortSignal.timeout(leftMs))) ?? [];
      } catch (error) {
        if (!isUnavailable(error) || this.#clock.now() >= deadline) throw error;
        await this.#clock.sleep(batchWriterDefaults.recoverPauseMs);
      }
    }
  }
}

function rejectAll<Row, Result>(batch: readonly PendingRow<Row, Result>[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}
