import pg from 'pg';
import { type Database } from '#database';
import { writeTurns } from '../../libs/chat/src/turns/begin-turns.js';
import { writeFinishedRuns } from '../../libs/chat/src/turns/finish-runs.js';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.js';

/** Real: PostgreSQL's planner over filled tables. */
describe('the statements of the write path', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      INSERT INTO conversations (id, owner) SELECT gen_random_uuid(), 'local' FROM generate_series(1, 20000);
      INSERT INTO messages (id, conversation_id, seq, role, content, status)
        SELECT gen_random_uuid(), id, 1, 'user', 'hi', 'completed' FROM conversations;
      INSERT INTO runs (id, conversation_id, message_id, status)
        SELECT gen_random_uuid(), id, gen_random_uuid(), 'completed' FROM conversations;
      ANALYZE`);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** The text that a writer hands to the database. */
  const textOf = async (write: (database: Database) => Promise<unknown>): Promise<string> => {
    let text = '';
    const spy = { query: async (statement: { text: string }) => ((text = statement.text), []) };
    await write(spy as unknown as Database);
    return text;
  };

  it.each([
    ['begins turns', (spy: Database) => writeTurns(spy, [])],
    ['finishes runs', (spy: Database) => writeFinishedRuns(spy, [])],
  ])('that %s reads no table from end to end, however large it is', async (_, write) => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (GENERIC_PLAN) ${await textOf(write)}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using conversations_pkey');
    expect(plan).not.toMatch(/Seq Scan on (conversations|messages|runs|attempts)/);
  });
});
