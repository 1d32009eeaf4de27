import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Database, type Notifications } from '#database';
import { HandOver } from '../../libs/chat/src/runs/hand-over.js';
import { LiveRun } from '../../libs/chat/src/runs/live-run.js';
import { sampleTurn } from '../../libs/chat/src/testing/sample-turn.js';
import { writeTurns } from '../../libs/chat/src/turns/begin-turns.js';
import { writeFinishedRuns } from '../../libs/chat/src/turns/finish-runs.js';
import { lookUpBegunTurns, lookUpFinishedRuns } from '../../libs/chat/src/turns/look-up-turns.js';
import { allEvents } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.js';

/** What takes longer the larger the tables are, or the more runs are under way. */
const slow =
  /Seq Scan on (conversations|messages|runs|attempts|run_pieces|branches|idempotency_keys)|using runs_by_lease/;

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
      INSERT INTO attempts (run_id, number, route, endpoint, outcome, duration_ms, started_at)
        SELECT id, 1, 'primary', 'ws://llm', 'succeeded', 1, now() FROM runs;
      INSERT INTO run_pieces (run_id, attempt, char_offset, content) SELECT id, 1, 0, 'hi' FROM runs;
      INSERT INTO branches (conversation_id, branch, parent_branch, fork_seq) SELECT id, 2, 1, 1 FROM conversations;
      INSERT INTO idempotency_keys (owner, key, request_hash, conversation_id, run_id)
        SELECT 'local', id::text, 'hash', conversation_id, id FROM runs;
      ANALYZE`);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const planOf = async (text: string): Promise<string> => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  /** The text that a writer hands to the database. */
  const textOf = async (write: (database: Database) => Promise<unknown>): Promise<string> => {
    let text = '';
    const spy = { query: async (statement: { text: string }) => ((text = statement.text), []) };
    await write(spy as unknown as Database);
    return text;
  };

  const { signal } = new AbortController();
  const notifications = { tell: () => undefined } as unknown as Notifications;
  it.each([
    ['begins turns', 'conversations_pkey', (spy: Database) => writeTurns(spy, [])],
    ['finishes runs', 'conversations_pkey', (spy: Database) => writeFinishedRuns(spy, [])],
    ['looks up turns', 'runs_pkey', (spy: Database) => lookUpBegunTurns(spy, [], signal)],
    ['looks up ends', 'runs_pkey', (spy: Database) => lookUpFinishedRuns(spy, [], signal)],
    [
      'hands a run over',
      'runs_pkey',
      (spy: Database) => new HandOver(spy, notifications).release(new LiveRun(sampleTurn())),
    ],
  ])('that %s reads no table from end to end, however large it is', async (_, index, write) => {
    const plan = await planOf(await textOf(write));
    expect(plan).toContain(`Index Scan using ${index}`);
    expect(plan).not.toMatch(slow);
  });

  it('that a server prepares in its work read no table from end to end, and find single runs by their ids', async () => {
    // One connection, which then knows every statement that was prepared.
    const stack = await Stack.start({
      database: { url: database.url, drop: async () => undefined },
      environment: { DATABASE_POOL_SIZE: '1' },
      behaviour: { tokens: 60, tokensPerSecond: 40 },
    });
    const other = await stack.replica();
    try {
      const { body: conversation } = await stack.call('POST', '/api/conversations', {});
      const path = `/api/conversations/${conversation.id as string}/messages`;
      const post = (url: string, body: object, headers: Record<string, string> = {}) =>
        fetch(url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', prefer: 'respond-async', ...headers },
          body: JSON.stringify(body),
        }).then(async (response) => (await response.json()) as { id: string });
      const same = { content: 'one', id: randomUUID() };
      const key = { 'idempotency-key': randomUUID() };
      await post(other.url, same, key);
      await post(stack.url, same, key);
      await post(stack.url, same);
      const second = await post(stack.url, { content: 'two', on_busy: 'interrupt' });
      const third = await post(other.url, { content: 'three', on_busy: 'queue' });
      await fetch(`${stack.url}/api/runs/${third.id}/cancel`, { method: 'POST' });
      const fourth = await post(other.url, { content: 'four', on_busy: 'queue' });
      for (const { id } of [second, fourth]) await allEvents(await stack.fetch(`/api/runs/${id}/events`));

      const prepared = await stack.get(Database).query<{ name: string; statement: string }>({
        name: 'prepared',
        text: 'SELECT name, statement FROM pg_prepared_statements',
      });
      expect(prepared.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'begin_run',
          'begin_turns',
          'claim_runs',
          'due_runs',
          'finish_runs',
          'interrupt_runs',
          'look_at_runs',
          'newest_messages',
          'renew_leases',
          'request_cancel',
          'save_pieces',
          'turn_of_key',
          'turn_of_message',
        ]),
      );
      const read: string[] = [];
      for (const { name, statement } of prepared) {
        const scan = slow.exec(await planOf(statement));
        if (scan !== null) read.push(`${name}: ${scan[0]}`);
      }
      // Whoever looks for runs that were abandoned has no other way.
      expect(read).toEqual(['claim_runs: using runs_by_lease']);
    } finally {
      await other.close();
      await stack.stop();
    }
  }, 60_000);
});
