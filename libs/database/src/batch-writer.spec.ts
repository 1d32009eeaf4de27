import {
  BatchWriter,
  batchWriterDefaults,
  type BatchWriterOptions,
  type PendingRow,
} from './batch-writer.js';
import { type Clock } from './clock.js';
import { DatabaseUnavailableError } from './database-errors.js';

/** A clock that advances only in `sleep`. */
class SleepClock implements Clock {
  at = 0;
  readonly sleeps: number[] = [];
  now = () => this.at;
  sleep = (ms: number) => {
    this.sleeps.push(ms);
    this.at += ms;
    return Promise.resolve();
  };
  timer = () => () => undefined;
}

const withState = (code: string) => Object.assign(new Error(code), { code });
const lost = () => new DatabaseUnavailableError(new Error('Connection terminated unexpectedly'), true);
const refused = () => new DatabaseUnavailableError(new Error('connect ECONNREFUSED'));

/**
 * What happens to one statement. `lost`: not executed, and no response. `late`: no response, and executed with the next
 * statement. `refused`: no connection.
 */
type Outcome = 'read-only' | 'written' | 'lost' | 'written, then lost' | 'refused' | 'deadlock' | 'late';

/** A table with unique rows whose statements have the given outcomes in order, and succeed afterward. */
class Table {
  readonly rows = new Set<string>();
  readonly statements: string[][] = [];
  readonly lookedUp: string[][] = [];
  #late: readonly string[] = [];
  readonly #outcomes: Outcome[];
  readonly #lookUps: ('found' | 'refused')[];

  constructor(outcomes: Outcome[] = [], lookUps: ('found' | 'refused')[] = []) {
    this.#outcomes = outcomes;
    this.#lookUps = lookUps;
  }

  readonly write = (rows: readonly string[]): Promise<string[]> => {
    this.statements.push([...rows]);
    const outcome = this.#outcomes.shift() ?? 'written';
    if (outcome === 'deadlock') return Promise.reject(withState('40P01'));
    if (outcome === 'lost') return Promise.reject(lost());
    if (outcome === 'refused') return Promise.reject(refused());
    if (outcome === 'read-only') return Promise.reject(new DatabaseUnavailableError(withState('25006')));
    if (outcome === 'late') {
      this.#late = rows;
      return Promise.reject(lost());
    }
    this.#insert(this.#late);
    if (rows.some((row) => this.rows.has(row) || row.startsWith('bad'))) {
      return Promise.reject(withState('23505'));
    }
    this.#insert(rows);
    return outcome === 'written'
      ? Promise.resolve(rows.map((row) => `${row} written`))
      : Promise.reject(lost());
  };

  readonly lookUp = (rows: readonly string[]): Promise<(string | undefined)[]> => {
    this.lookedUp.push([...rows]);
    if (this.#lookUps.shift() === 'refused') return Promise.reject(refused());
    return Promise.resolve(rows.map((row) => (this.rows.has(row) ? `${row} found` : undefined)));
  };

  #insert(rows: readonly string[]): void {
    for (const row of rows) this.rows.add(row);
    this.#late = [];
  }
}

async function write(
  table: Table,
  rows: string[],
  options: BatchWriterOptions<string, string> = {},
  clock = new SleepClock(),
): Promise<unknown[]> {
  const writer = new BatchWriter(table.write, { lookUp: table.lookUp, ...options }, clock, () => 0.5);
  const outcomes: unknown[] = [];
  const batch = rows.map((row, at): PendingRow<string, string> => ({
    row,
    resolve: (result) => (outcomes[at] = result),
    reject: (error) => (outcomes[at] = error),
  }));
  await writer.write(batch);
  return outcomes;
}

describe('BatchWriter after conflicts with other statements', () => {
  it('retries a deadlocked batch as a whole after a growing pause', async () => {
    const table = new Table(['deadlock', 'deadlock']);
    const clock = new SleepClock();
    await expect(write(table, ['a', 'b'], {}, clock)).resolves.toEqual(['a written', 'b written']);
    expect(table.statements).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(clock.sleeps).toEqual([5, 10]);
  });

  it('rejects the batch after a bounded number of retries, without halving it', async () => {
    const times = batchWriterDefaults.maxConflicts + 1;
    const table = new Table(Array.from({ length: times }, () => 'deadlock' as const));
    const outcomes = await write(table, ['a', 'b'], { isRowFault: () => false });
    expect(outcomes).toEqual([
      expect.objectContaining({ code: '40P01' }),
      expect.objectContaining({ code: '40P01' }),
    ]);
    expect(table.statements).toHaveLength(times);
  });
});

describe('BatchWriter after lost responses', () => {
  it('finds rows that were written without a response', async () => {
    const table = new Table(['written, then lost']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toHaveLength(1);
  });

  it('writes again the rows that were not written', async () => {
    const table = new Table(['lost']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toHaveLength(2);
  });

  it('writes only the missing rows', async () => {
    const table = new Table(['lost']);
    table.rows.add('a');
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toEqual([['a', 'b'], ['b']]);
  });

  it('repeats the look-up while the database is unavailable', async () => {
    const table = new Table(['written, then lost'], ['refused', 'refused']);
    const clock = new SleepClock();
    await expect(write(table, ['a'], {}, clock)).resolves.toEqual(['a found']);
    expect(clock.sleeps).toEqual([250, 250]);
  });

  it('looks up again when the second write fails, too', async () => {
    const table = new Table(['lost', 'refused', 'written, then lost']);
    await expect(write(table, ['a'])).resolves.toEqual(['a found']);
    expect(table.statements).toHaveLength(3);
  });

  it('rejects with DatabaseUnavailableError after recoverForMs', async () => {
    const table = new Table(
      ['lost'],
      Array.from({ length: 50 }, () => 'refused' as const),
    );
    const clock = new SleepClock();
    const [outcome] = await write(table, ['a'], { recoverForMs: 1_000 }, clock);
    expect(outcome).toMatchObject({ code: 'database_unavailable', isOutcomeUnknown: true });
    expect(clock.at).toBe(1_000);
    expect(table.lookedUp).toHaveLength(4);
  });

  it('finds rows of a first write that was executed late and made the second one fail', async () => {
    const table = new Table(['late']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements.at(-1)).toEqual(['b']);
  });

  it('never passes on the error of a second write that it could not verify', async () => {
    const refusals = (count: number) => Array.from({ length: count }, () => 'refused' as const);
    const away = await write(new Table(['late'], ['found', ...refusals(50)]), ['a']);
    expect(away).toMatchObject([{ code: 'database_unavailable' }]);
    await expect(write(new Table(['late'], ['found', ...refusals(3)]), ['a'])).resolves.toEqual(['a found']);
  });

  it('reports the error of an invalid row to its own caller only', async () => {
    const table = new Table(['lost']);
    const [first, bad, last] = await write(table, ['a', 'bad', 'c']);
    expect([first, last]).toEqual(['a found', 'c found']);
    expect(bad).toMatchObject({ code: '23505' });
  });

  it('does not look up when certainly nothing was written', async () => {
    const table = new Table(['refused']);
    await expect(write(table, ['a'])).resolves.toEqual([expect.any(DatabaseUnavailableError)]);
    expect(table.lookedUp).toEqual([]);
  });

  it('rejects at once when the server became read-only, after a last look-up', async () => {
    const table = new Table(['lost', 'read-only']);
    const clock = new SleepClock();
    await expect(write(table, ['a'], {}, clock)).resolves.toMatchObject([{ code: 'database_unavailable' }]);
    expect([table.statements.length, table.lookedUp.length, clock.at]).toEqual([2, 2, 0]);
  });

  it('waits before it writes again what the server refused', async () => {
    const table = new Table(['lost', 'refused', 'refused']);
    const clock = new SleepClock();
    await expect(write(table, ['a'], {}, clock)).resolves.toEqual(['a found']);
    expect(clock.sleeps).toEqual([250, 250]);
  });

  it('passes on a permanent error of the look-up', async () => {
    const table = new Table(['lost']);
    const lookUp = () => Promise.reject(withState('42P01'));
    await expect(write(table, ['a'], { lookUp })).resolves.toEqual([
      expect.objectContaining({ code: '42P01' }),
    ]);
  });
});
