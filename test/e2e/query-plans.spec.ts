import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Database, type Notifications, type SystemDatabase } from '#database';
import { HandOver } from '../../libs/chat/src/runs/generation/hand-over.js';
import { LiveRun } from '../../libs/chat/src/runs/generation/live-run.js';
import { sampleTurn } from '../../libs/chat/src/testing/sample-turn.js';
import { writeContinuations } from '../../libs/chat/src/store/continue-conversations.js';
import { writeRunEnds } from '../../libs/chat/src/store/finish-runs.js';
import { lookUpTurns, lookUpRunEnds } from '../../libs/chat/src/store/look-up-turns.js';
import { allEvents } from '../harness/event-stream.js';
import { Stack } from '../harness/stack.js';
import { createTestDatabase, type TestDatabase } from '#testing';

/** Plan nodes whose time grows with the size of the tables or the number of active runs. */
const slow =
  /Seq Scan on (conversations|messages|runs|run_pieces|branches|idempotency_keys)|using runs_by_lease/;

interface Prepared extends Record<string, unknown> {
  name: string;
  statement: string;
}
const preparedStatements = { name: 'prepared', text: 'SELECT name, statement FROM pg_prepared_statements' };

/** Uses PostgreSQL's planner with filled tables. */
describe('statements', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`
      INSERT INTO conversations (id, owner, title, updated_at)
        SELECT gen_random_uuid(), CASE n % 4 WHEN 0 THEN 'local' ELSE 'owner ' || n % 4 END, 'common ' || n,
          now() - n * interval '1 minute'
        FROM generate_series(1, 20000) AS n;
      INSERT INTO messages (id, conversation_id, seq, role, content, status)
        SELECT gen_random_uuid(), id, 1, 'user', 'hi', 'completed' FROM conversations;
      UPDATE conversations c SET leaf_id = m.id, next_seq = 2 FROM messages m WHERE m.conversation_id = c.id;
      INSERT INTO runs (id, conversation_id, message_id, status)
        SELECT gen_random_uuid(), id, gen_random_uuid(), 'completed' FROM conversations;
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
  /** The SQL that a writer sends. */
  const textOf = async (write: (database: SystemDatabase) => Promise<unknown>): Promise<string> => {
    let text = '';
    const spy = { query: async (statement: { text: string }) => ((text = statement.text), []) };
    await write(spy as unknown as SystemDatabase);
    return text;
  };

  const slowOnes = async (prepared: readonly Prepared[]): Promise<string[]> => {
    const found: string[] = [];
    for (const { name, statement } of prepared) {
      const scan = slow.exec(await planOf(statement));
      if (scan !== null) found.push(`${name}: ${scan[0]}`);
    }
    return found;
  };

  const { signal } = new AbortController();
  const notifications = { notifyLater: () => undefined } as unknown as Notifications;
  it.each([
    ['continues conversations', 'conversations_pkey', (spy: SystemDatabase) => writeContinuations(spy, [])],
    ['finishes runs', 'conversations_pkey', (spy: SystemDatabase) => writeRunEnds(spy, [])],
    ['looks up turns', 'runs_pkey', (spy: SystemDatabase) => lookUpTurns(spy, [], signal)],
    ['looks up ends', 'runs_pkey', (spy: SystemDatabase) => lookUpRunEnds(spy, [], signal)],
    [
      'hands a run over',
      'runs_pkey',
      (spy: SystemDatabase) => new HandOver(spy, notifications).release(new LiveRun(sampleTurn())),
    ],
  ])('of %s scan no table', async (_, index, write) => {
    const plan = await planOf(await textOf(write));
    expect(plan).toContain(`Index Scan using ${index}`);
    expect(plan).not.toMatch(slow);
  });

  it('that a server prepares scan no table, and find single runs by id', async () => {
    // A single connection, on which all statements are prepared.
    const stack = await Stack.start({
      database: { url: database.url, drop: async () => undefined },
      environment: { DATABASE_POOL_SIZE: '1' },
      behavior: { tokens: 60, tokensPerSecond: 40 },
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
      await stack.call('POST', '/api/chat', { message: 'elsewhere' });

      const prepared = await stack.get(Database).query<Prepared>(preparedStatements);
      expect(prepared.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'begin_run',
          'claim_runs',
          'continue_conversations',
          'due_runs',
          'finish_runs',
          'interrupt_runs',
          'poll_runs',
          'newest_messages',
          'open_conversations',
          'renew_leases',
          'request_cancel',
          'save_pieces',
          'turn_of_key',
          'turn_of_message',
        ]),
      );
      // The search for abandoned runs has no other way.
      expect(await slowOnes(prepared)).toEqual(['claim_runs: using runs_by_lease']);
    } finally {
      await other.close();
      await stack.stop();
    }
  }, 60_000);

  it('of lists scan no table, and start at the page', async () => {
    const stack = await Stack.start({
      database: { url: database.url, drop: async () => undefined },
      environment: { DATABASE_POOL_SIZE: '1', RETENTION_DAYS: '36500' },
    });
    try {
      const [middle] = await stack.rows<{ id: string; conversation_id: string }>(
        `SELECT m.id, m.conversation_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
         WHERE c.owner = 'local' ORDER BY c.updated_at OFFSET 2500 LIMIT 1`,
      );
      const { id, conversation_id } = middle!;
      const get = async (path: string): Promise<void> => {
        expect((await stack.call('GET', path)).status).toBe(200);
      };
      for (const anchor of ['after', 'before']) {
        await get(`/api/conversations?${anchor}=${conversation_id}`);
        for (const words of ['common ', 'nowhere '])
          await get(`/api/conversations?q=${encodeURIComponent(words)}&${anchor}=${conversation_id}`);
        await get(`/api/conversations/${conversation_id}/messages?leaf=all&${anchor}=${id}`);
      }
      await get(`/api/conversations/${conversation_id}/messages?through=${id}`);
      await get(`/api/conversations/${conversation_id}/export?format=json`);

      const prepared = await stack.get(Database).query<Prepared>(preparedStatements);
      expect(prepared.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'erase_old_conversations',
          'export_messages',
          'list_conversations',
          'list_conversations_before',
          'scan_conversations',
          'scan_conversations_before',
          'newest_leaf',
          'next_messages',
          'previous_messages',
          'search_conversations',
          'search_conversations_before',
        ]),
      );
      // One is itself no more than a plan; the other has to look for abandoned runs.
      const others = ['estimate_matches', 'claim_runs'];
      expect(await slowOnes(prepared.filter(({ name }) => !others.includes(name)))).toEqual([]);
      const lists = prepared
        .filter(({ name }) => /^(list|scan)_conversations/.test(name))
        .map(({ statement }) => statement);
      expect(lists).toHaveLength(4);
      for (const statement of lists) {
        const plan = await planOf(statement);
        expect(plan).toMatch(
          /(Only )?Scan (Backward )?using conversations_by_activity.*\n\s+Index Cond: .*ROW\(.*updated_at, .*id\) [<>]/,
        );
        expect(plan).not.toMatch(slow);
      }
    } finally {
      await stack.stop();
    }
  }, 60_000);
});
