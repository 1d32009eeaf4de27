import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { type Clock, systemClock } from './clock.js';
import { DatabaseUnavailableError, WriteQueueFullError } from './database-errors.js';
import { GroupCommit } from './group-commit.js';

/** A table whose statements complete when the test calls `commit` or `fail`. */
class Table<Row> {
  readonly statements: Row[][] = [];
  #pending: {
    rows: readonly Row[];
    resolve: (rows: Row[]) => void;
    reject: (error: Error) => void;
  }[] = [];
  running = 0;
  maxRunning = 0;

  readonly write = (rows: readonly Row[]): Promise<Row[]> => {
    this.statements.push([...rows]);
    this.running += 1;
    this.maxRunning = Math.max(this.maxRunning, this.running);
    return new Promise((resolve, reject) => this.#pending.push({ rows, resolve, reject }));
  };

  async commit(): Promise<void> {
    this.#take().resolve([...this.#current]);
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.#take().reject(error);
    await settled();
  }

  #current: readonly Row[] = [];

  #take() {
    const next = this.#pending.shift();
    if (!next) throw new Error('no statement is running');
    this.running -= 1;
    this.#current = next.rows;
    return next;
  }
}

/** Waits until all continuations that are due, and those that they schedule, have run. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
}

const outage = () => new DatabaseUnavailableError(new Error('Connection terminated'));
const badRow = () => Object.assign(new Error('duplicate key'), { code: '23505' });

describe('GroupCommit', () => {
  it('writes a single row without waiting for a timer', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write);
    const result = commit.submit('a');
    await settled();
    expect(table.statements).toEqual([['a']]);
    await table.commit();
    await expect(result).resolves.toBe('a');
  });

  it('batches rows of the same event loop turn, and collects later ones for the next statement', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write);
    const results = ['a', 'b'].map((row) => commit.submit(row));
    await settled();
    results.push(...['c', 'd', 'e'].map((row) => commit.submit(row)));
    await settled();
    expect(table.statements).toEqual([['a', 'b']]);
    await table.commit();
    expect(table.statements).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    await table.commit();
    await expect(Promise.all(results)).resolves.toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(table.maxRunning).toBe(1);
  });

  it('includes rows of callbacks that are already due', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write);
    const submitInTurn = (row: string) => void setImmediate().then(() => commit.submit(row));
    submitInTurn('b');
    void commit.submit('a');
    await settled();
    expect(table.statements).toEqual([['a', 'b']]);
    void commit.submit('c');
    submitInTurn('d');
    await table.commit();
    expect(table.statements).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await table.commit();
  });

  it('bounds the rows of a statement by maxBatch', async () => {
    const table = new Table<number>();
    const commit = new GroupCommit(table.write, { maxBatch: 2 });
    const results = [1, 2, 3].map((row) => commit.submit(row));
    await settled();
    expect(table.statements).toEqual([[1, 2]]);
    expect(commit.waiting).toBe(1);
    await table.commit();
    await table.commit();
    await expect(Promise.all(results)).resolves.toEqual([1, 2, 3]);
  });

  it('rejects a row while the queue is full, and accepts rows again afterward', async () => {
    const table = new Table<number>();
    const commit = new GroupCommit(table.write, { maxBatch: 1, maxWaiting: 2 });
    const first = commit.submit(0);
    await settled();
    const waiting = [commit.submit(1), commit.submit(2)];
    const refused = commit.submit(3);
    await expect(refused).rejects.toBeInstanceOf(WriteQueueFullError);
    await expect(refused).rejects.toMatchObject({ code: 'write_queue_full', retryable: true });
    await table.commit();
    const later = commit.submit(4);
    for (let left = 3; left > 0; left -= 1) await table.commit();
    await expect(Promise.all([first, ...waiting, later])).resolves.toEqual([0, 1, 2, 4]);
  });

  it('serves owners round robin, and rejects rows of an owner whose share of the queue is full', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write, {
      maxBatch: 2,
      maxWaiting: 10,
      owner: (row) => row.slice(0, 3),
      ownerShare: 0.8,
    });
    const rows = Array.from({ length: 8 }, (_, at) => commit.submit(`ann${at}`));
    await expect(commit.submit('ann8')).rejects.toMatchObject({ code: 'owner_limit', retryable: true });
    await settled();
    expect(table.statements).toEqual([['ann0', 'ann1']]);
    rows.push(commit.submit('bob0'));
    await table.commit();
    expect(table.statements[1]).toEqual(['ann2', 'bob0']);
    while (commit.waiting > 0) await table.commit();
    await table.commit();
    await expect(Promise.all(rows)).resolves.toHaveLength(9);
  });

  it('reports the error of an invalid row to its own caller only', async () => {
    const written: string[] = [];
    const commit = new GroupCommit(async (rows: readonly string[]) => {
      if (rows.includes('bad')) throw badRow();
      written.push(...rows);
      return rows;
    });
    const outcomes = await Promise.allSettled(['a', 'b', 'bad', 'c', 'd'].map((row) => commit.submit(row)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(outcomes[2]).toMatchObject({ reason: { code: '23505' } });
    expect(written).toEqual(['a', 'b', 'c', 'd']);
  });

  it('does not retry a batch when the database is unavailable', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write);
    const results = Promise.allSettled(['a', 'b'].map((row) => commit.submit(row)));
    await settled();
    await table.fail(outage());
    expect((await results).map((outcome) => (outcome as PromiseRejectedResult).reason as Error)).toEqual([
      expect.any(DatabaseUnavailableError),
      expect.any(DatabaseUnavailableError),
    ]);
    expect(table.statements).toHaveLength(1);
  });

  it('writes the next batch after a failed one', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write);
    const lost = expect(commit.submit('a')).rejects.toThrow('not available');
    await settled();
    const next = commit.submit('b');
    await table.fail(outage());
    await lost;
    await table.commit();
    await expect(next).resolves.toBe('b');
  });

  it('rejects when the number of results is wrong, and when the write throws synchronously', async () => {
    const commit = new GroupCommit<string, string>((rows) => {
      if (rows.includes('throw')) throw badRow();
      return Promise.resolve([]);
    });
    await expect(commit.submit('a')).rejects.toThrow('1 rows were written, but 0 results were returned');
    await expect(commit.submit('throw')).rejects.toMatchObject({ code: '23505' });
  });

  it('never writes two rows of one key in a statement, and keeps their order', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write, { conflictKey: (row) => row[0] });
    const results = ['a1', 'a2', 'b1', 'a3', 'b2'].map((row) => commit.submit(row));
    await settled();
    await table.commit();
    await table.commit();
    await table.commit();
    await Promise.all(results);
    expect(table.statements).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('removes a waiting row on abort, and resolves a row that is being written', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write, { conflictKey: (row) => row[0] });
    const abort = new AbortController();
    const running = commit.submit('a1', abort.signal);
    await settled();
    const behind = commit.submit('a2', abort.signal);
    const ready = commit.submit('b1', abort.signal);
    const others = [commit.submit('a3'), commit.submit('b2')];
    const removed = Promise.allSettled([behind, ready]);
    abort.abort(new Error('aborted by the caller'));
    expect(await removed).toMatchObject([
      { reason: { message: 'aborted by the caller' } },
      { reason: { message: 'aborted by the caller' } },
    ]);
    await expect(commit.submit('c1', abort.signal)).rejects.toThrow('aborted by the caller');
    expect(commit.waiting).toBe(2);
    await table.commit();
    await table.commit();
    await expect(Promise.all([running, ...others])).resolves.toEqual(['a1', 'a3', 'b2']);
    expect(table.statements.flat().sort()).toEqual(['a1', 'a3', 'b2']);
  });

  it('drains: waits for running statements and waiting rows', async () => {
    const table = new Table<string>();
    const commit = new GroupCommit(table.write, { maxBatch: 1 });
    await commit.drain();
    const results = [commit.submit('a'), commit.submit('b')];
    let drained = false;
    const draining = commit.drain().then(() => (drained = true));
    await settled();
    await table.commit();
    expect(drained).toBe(false);
    await table.commit();
    await draining;
    await expect(Promise.all(results)).resolves.toEqual(['a', 'b']);
  });

  it('rejects waiting and new rows while a statement exceeds stallMs', async () => {
    const table = new Table<string>();
    let stall: (() => void) | undefined;
    let canceled = 0;
    const clock: Clock = {
      ...systemClock,
      timer: (ms, run) => {
        expect(ms).toBe(2_000);
        stall = run;
        return () => void (canceled += 1);
      },
    };
    const commit = new GroupCommit(table.write, { stallMs: 2_000, conflictKey: (row) => row[0] }, clock);
    const running = commit.submit('a1');
    await settled();
    const waiting = Promise.allSettled([commit.submit('a2'), commit.submit('b1')]);
    stall?.();
    expect(await waiting).toMatchObject([
      { reason: { code: 'database_unavailable', isOutcomeUnknown: false } },
      { reason: { code: 'database_unavailable' } },
    ]);
    await expect(commit.submit('c1')).rejects.toThrow('not responded for more than 2000 ms');
    expect([commit.waiting, canceled]).toEqual([0, 0]);
    await table.commit();
    await expect(running).resolves.toBe('a1');
    const after = ['a3', 'b2'].map((row) => commit.submit(row));
    await settled();
    await table.commit();
    await expect(Promise.all(after)).resolves.toEqual(['a3', 'b2']);
    expect(canceled).toBe(2);
  });

  it('rejects exactly the invalid rows and keeps the order within a key, for any mix of rows', async () => {
    const row = fc.record({
      key: fc.constantFrom('x', 'y', 'z', undefined),
      bad: fc.boolean(),
      turn: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, maxBatch) => {
          const written: number[] = [];
          const items = rows.map((item, id) => ({ ...item, id }));
          const commit = new GroupCommit(
            async (batch: readonly (typeof items)[number][]) => {
              const keys = batch.map(({ key }) => key).filter((key) => key !== undefined);
              expect(new Set(keys).size).toBe(keys.length);
              expect(batch.length).toBeLessThanOrEqual(maxBatch);
              await Promise.resolve();
              if (batch.some(({ bad }) => bad)) throw badRow();
              written.push(...batch.map(({ id }) => id));
              return batch.map(({ id }) => id);
            },
            { maxBatch, conflictKey: ({ key }) => key },
          );
          const results: Promise<number>[] = [];
          for (const item of items) {
            results.push(commit.submit(item));
            results.at(-1)?.catch(() => undefined);
            if (item.turn) await settled();
          }
          const outcomes = await Promise.allSettled(results);
          outcomes.forEach((outcome, id) => {
            if (items[id]?.bad)
              expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '23505' } });
            else expect(outcome).toEqual({ status: 'fulfilled', value: id });
          });
          for (const key of ['x', 'y', 'z']) {
            const ids = written.filter((id) => items[id]?.key === key);
            expect(ids).toEqual([...ids].sort((a, b) => a - b));
          }
          expect(commit.waiting).toBe(0);
        },
      ),
    );
  });
});
