import { chatEntities, chatMigrations } from '#chat';
import { migrate } from '#database';
import { DataSource } from 'typeorm';
import { createEmptyDatabase, queryOnce, type TestDatabase } from '#testing';

const moving = chatMigrations.findIndex(({ name }) => name.startsWith('AttemptsOfRuns'));
const run = '01900000-0000-7000-8000-000000000001';
const other = '01900000-0000-7000-8000-000000000002';
const attempts = [
  {
    number: 1,
    route: 'primary',
    endpoint: 'ws://one',
    outcome: 'failed',
    error_code: 'llm_timeout',
    first_token_ms: null,
    duration_ms: 30_000,
    started_at: '2026-01-02T03:04:05.678Z',
  },
  {
    number: 2,
    route: 'backup',
    endpoint: 'ws://two',
    outcome: 'succeeded',
    error_code: null,
    first_token_ms: 12,
    duration_ms: 34,
    started_at: '2026-01-02T03:04:35.000Z',
  },
];

/** Real: PostgreSQL, and a database with data from before the migration. */
describe('the migration that moves attempts to their runs', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase();
    await migrate({ url: database.url, migrations: chatMigrations.slice(0, moving) });
    await queryOnce(
      database.url,
      `INSERT INTO conversations (id, owner) VALUES (gen_random_uuid(), 'local');
       INSERT INTO runs (id, conversation_id, message_id, status)
         SELECT run, c.id, gen_random_uuid(), 'completed' FROM conversations c, unnest('{${run},${other}}'::uuid[]) AS run;
       INSERT INTO attempts SELECT '${run}', a.* FROM json_to_recordset('${JSON.stringify([...attempts].reverse())}') AS a (
         number integer, route text, endpoint text, outcome text, error_code text, first_token_ms integer,
         duration_ms integer, started_at timestamptz)`,
    );
    await migrate({ url: database.url, migrations: chatMigrations });
  });
  afterEach(() => database.drop());

  const kept = () => queryOnce(database.url, 'SELECT id, attempts FROM runs ORDER BY id');

  it('keeps the attempts in their order', async () => {
    expect(await kept()).toEqual([
      { id: run, attempts },
      { id: other, attempts: [] },
    ]);
  });

  it('can be reverted and run again without loss', async () => {
    const source = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: chatEntities,
      migrations: chatMigrations,
    });
    await source.initialize();
    for (let undone = chatMigrations.length; undone > moving; undone -= 1) await source.undoLastMigration();
    await source.destroy();
    const rows = await queryOnce(database.url, 'SELECT number, started_at FROM attempts ORDER BY number');
    expect(rows).toEqual(
      attempts.map(({ number, started_at }) => ({ number, started_at: new Date(started_at) })),
    );
    await migrate({ url: database.url, migrations: chatMigrations });
    expect(await kept()).toEqual([
      { id: run, attempts },
      { id: other, attempts: [] },
    ]);
  });
});
