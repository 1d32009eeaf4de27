import {
  BatchWriter,
  batchWriterDefaults,
  type BatchWriterOptions,
  type PendingRow,
} from './batch-writer.js';
import { type Clock } from './clock.js';
import { DatabaseUnavailableError } from './database-errors.js';

/** Time that passes only while somebody sleeps. */
class SleepClock implements Clock {
  at = 0;
  readonly naps: number[] = [];
  now = () => this.at;
  sleep = (ms: number) => {
    this.naps.push(ms);
    this.at += ms;
    return Promise.resolve();
  };
  timer = () => () => undefined;
}

const withState = (code: string) => Object.assign(new Error(code), { code });
const lost = () => new DatabaseUnavailableError(new Error('Connection terminated unexpectedly'), true);
const refused = () => new DatabaseUnavailableError(new Error('connect ECONNREFUSED'));

/** What a table does at one statement: writes and answers, or one of the things that go wrong. */
type Fate = 'written' | 'lost' | 'written, then lost' | 'refused' | 'deadlock' | 'late';

/** A table with unique rows that meets its fates one after the other, and is well from then on. */
class Table {
  readonly rows = new Set<string>();
  readonly statements: string[][] = [];
  readonly lookedUp: string[][] = [];
  #late: readonly string[] = [];
  readonly #fates: Fate[];
  readonly #lookUps: ('found' | 'refused')[];

  constructor(fates: Fate[] = [], lookUps: ('found' | 'refused')[] = []) {
    this.#fates = fates;
    this.#lookUps = lookUps;
  }

  readonly write = (rows: readonly string[]): Promise<string[]> => {
    this.statements.push([...rows]);
    const fate = this.#fates.shift() ?? 'written';
    if (fate === 'deadlock') return Promise.reject(withState('40P01'));
    if (fate === 'lost') return Promise.reject(lost());
    if (fate === 'refused') return Promise.reject(refused());
    if (fate === 'late') {
      this.#late = rows;
      return Promise.reject(lost());
    }
    this.#insert(this.#late);
    if (rows.some((row) => this.rows.has(row) || row.startsWith('bad'))) {
      return Promise.reject(withState('23505'));
    }
    this.#insert(rows);
    return fate === 'written' ? Promise.resolve(rows.map((row) => `${row} written`)) : Promise.reject(lost());
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

describe('BatchWriter and statements that lose against others', () => {
  it('runs a deadlocked batch again, whole, after a pause that grows', async () => {
    const table = new Table(['deadlock', 'deadlock']);
    const clock = new SleepClock();
    await expect(write(table, ['a', 'b'], {}, clock)).resolves.toEqual(['a written', 'b written']);
    expect(table.statements).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(clock.naps).toEqual([5, 10]);
  });

  it('gives up after a bounded number of times, and halves nothing', async () => {
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

describe('BatchWriter and lost answers', () => {
  it('finds what was written although nobody said so', async () => {
    const table = new Table(['written, then lost']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toHaveLength(1);
  });

  it('writes again what was not written', async () => {
    const table = new Table(['lost']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toHaveLength(2);
  });

  it('writes only what is missing', async () => {
    const table = new Table(['lost']);
    table.rows.add('a');
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements).toEqual([['a', 'b'], ['b']]);
  });

  it('goes on looking while the database is away', async () => {
    const table = new Table(['written, then lost'], ['refused', 'refused']);
    const clock = new SleepClock();
    await expect(write(table, ['a'], {}, clock)).resolves.toEqual(['a found']);
    expect(clock.naps).toEqual([250, 250]);
  });

  it('looks again when the second try fails, too', async () => {
    const table = new Table(['lost', 'refused', 'written, then lost']);
    await expect(write(table, ['a'])).resolves.toEqual(['a found']);
    expect(table.statements).toHaveLength(3);
  });

  it('says that the database is not available when it stays away for too long', async () => {
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

  it('takes a refusal for what it is: the first try came in late', async () => {
    const table = new Table(['late']);
    await expect(write(table, ['a', 'b'])).resolves.toEqual(['a found', 'b found']);
    expect(table.statements.at(-1)).toEqual(['b']);
  });

  it('tells nobody of a refusal that it cannot check, and looks again for a while', async () => {
    const refusals = (count: number) => Array.from({ length: count }, () => 'refused' as const);
    const away = await write(new Table(['late'], ['found', ...refusals(50)]), ['a']);
    expect(away).toMatchObject([{ code: 'database_unavailable' }]);
    await expect(write(new Table(['late'], ['found', ...refusals(3)]), ['a'])).resolves.toEqual(['a found']);
  });

  it('shows a bad row’s error to its own caller only', async () => {
    const table = new Table(['lost']);
    const [first, bad, last] = await write(table, ['a', 'bad', 'c']);
    expect([first, last]).toEqual(['a found', 'c found']);
    expect(bad).toMatchObject({ code: '23505' });
  });

  it('looks nothing up when it is certain that nothing was written', async () => {
    const table = new Table(['refused']);
    await expect(write(table, ['a'])).resolves.toEqual([expect.any(DatabaseUnavailableError)]);
    expect(table.lookedUp).toEqual([]);
  });

  it('hides no mistake of the look-up', async () => {
    const table = new Table(['lost']);
    const lookUp = () => Promise.reject(withState('42P01'));
    await expect(write(table, ['a'], { lookUp })).resolves.toEqual([
      expect.objectContaining({ code: '42P01' }),
    ]);
  });
});
