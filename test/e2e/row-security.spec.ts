import { randomUUID } from 'node:crypto';
import { Database, type Statement, SystemDatabase } from '#database';
import { DataSource } from 'typeorm';
import { Conversation } from '../../libs/chat/src/model/conversation.entity.js';
import { writeContinuations } from '../../libs/chat/src/store/continue-conversations.js';
import { type RunEndRow, writeRunEnds } from '../../libs/chat/src/store/finish-runs.js';
import { type TurnRow } from '../../libs/chat/src/store/turn-row.js';
import { Stack } from '../harness/stack.js';

const keys = 'ann:a-key-of-ann-0123,bob:a-key-of-bob-4567';
const ann = { authorization: 'Bearer a-key-of-ann-0123' };
const bob = { authorization: 'Bearer a-key-of-bob-4567' };

let named = 0;
/** A statement without a condition on the owner, as a programming mistake would send. */
const careless = (text: string): Statement => ({ name: `careless_${(named += 1)}`, text });

/** Uses the server's own connections to PostgreSQL. */
describe('row-level security', () => {
  let stack: Stack;
  let ofAnn: string;
  let ofBob: string;
  let tables: string[];

  beforeAll(async () => {
    stack = await Stack.start({ environment: { AUTH: 'keys', API_KEYS: keys } });
    const say = async (key: Record<string, string>, message: string): Promise<string> => {
      const idempotent = { ...key, 'idempotency-key': randomUUID() };
      const { body } = await stack.call('POST', '/api/chat', { message }, idempotent);
      const { data } = (
        await stack.call<{ data: { id: string }[] }>(
          'GET',
          `/api/conversations/${body.conversation_id as string}/messages`,
          undefined,
          key,
        )
      ).body;
      await stack.call('PUT', `/api/messages/${data[1]!.id}/feedback`, { rating: 'up' }, key);
      const fork = { content: 'once more', parent_id: data[0]!.id };
      await stack.call('POST', `/api/conversations/${body.conversation_id as string}/messages`, fork, key);
      return body.conversation_id as string;
    };
    ofAnn = await say(ann, 'what ann asks');
    ofBob = await say(bob, 'what bob asks');
    await stack.sql.query(
      `INSERT INTO run_pieces (run_id, attempt, char_offset, content) SELECT id, 1, 0, 'text' FROM runs`,
    );
    const found = await stack.rows<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' ORDER BY 1`,
    );
    tables = found.map(({ name }) => name);
  });
  afterAll(() => stack.stop());

  /** The number of rows, and how many of them a statement of an owner sees. */
  const seenBy = async (owner: string, table: string): Promise<{ all: number; seen: number }> => {
    const count = `SELECT count(*)::integer AS count FROM ${table}`;
    const [all] = await stack.rows<{ count: number }>(count);
    const [seen] = await stack.get(Database).forOwner(owner).query<{ count: number }>(careless(count));
    return { all: all!.count, seen: seen!.count };
  };

  it('is enabled on every table, also for its owner', async () => {
    expect(tables).toEqual(expect.arrayContaining(['conversations', 'messages', 'runs']));
    const open = await stack.rows(
      `SELECT relname FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
       AND relname <> 'migrations' AND NOT (relrowsecurity AND relforcerowsecurity
         AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND polname = 'rows_of_owner'))`,
    );
    expect(open).toEqual([]);
  });

  it('shows statements of an owner half of the rows of two owners, in every table', async () => {
    for (const table of tables) {
      const [{ all, seen }, ofOther] = [await seenBy('ann', table), await seenBy('bob', table)];
      expect([table, all > 0, seen, ofOther.seen]).toEqual([table, true, all / 2, all / 2]);
      expect([table, (await seenBy('carl', table)).seen]).toEqual([table, 0]);
    }
  });

  it('shows no rows to statements without an owner, and all rows to those of the system', async () => {
    for (const table of tables) {
      const count = `SELECT count(*)::integer AS count FROM ${table}`;
      const { all } = await seenBy('ann', table);
      await expect(stack.get(Database).query(careless(count))).resolves.toEqual([{ count: 0 }]);
      await expect(stack.get(SystemDatabase).query(careless(count))).resolves.toEqual([{ count: all }]);
    }
  });

  it('lets no statement of an owner change, delete or add rows of another one', async () => {
    const rows = stack.get(Database).forOwner('ann');
    const before = await stack.rows('SELECT * FROM messages WHERE conversation_id = $1 ORDER BY seq', [
      ofBob,
    ]);
    const all = before.length;
    expect(all).toBeGreaterThan(0);
    for (const text of [
      `UPDATE messages SET content = 'overwritten' WHERE conversation_id = $1 RETURNING id`,
      `DELETE FROM messages WHERE conversation_id = $1 RETURNING id`,
      `DELETE FROM conversations WHERE id = $1 RETURNING id`,
      `UPDATE conversations SET owner = 'ann' WHERE id = $1 RETURNING id`,
    ]) {
      await expect(rows.query(careless(text), [ofBob])).resolves.toEqual([]);
    }
    const adding = [
      [
        `INSERT INTO messages (id, conversation_id, owner, seq, role, content, status)
        VALUES (gen_random_uuid(), $1, 'bob', 99, 'user', '', 'completed')`,
      ],
      [
        `INSERT INTO messages (id, conversation_id, seq, role, content, status)
        VALUES (gen_random_uuid(), $1, 99, 'user', '', 'completed')`,
      ],
      [`UPDATE messages SET owner = 'bob' WHERE conversation_id = $1`, ofAnn],
      [`UPDATE conversations SET owner = 'bob' WHERE id = $1`, ofAnn],
    ] as const;
    for (const [text, id = ofBob] of adding) {
      await expect(rows.query(careless(text), [id])).rejects.toMatchObject({ code: '42501' });
    }
    await expect(
      stack.rows('SELECT * FROM messages WHERE conversation_id = $1 ORDER BY seq', [ofBob]),
    ).resolves.toEqual(before);
  });

  it('finds the owner of rows without one, as earlier versions stored them', async () => {
    for (const table of ['messages', 'branches', 'feedback']) {
      await stack.sql.query(`UPDATE ${table} SET owner = NULL`);
      const { all, seen } = await seenBy('ann', table);
      expect([table, seen]).toEqual([table, all / 2]);
      expect((await seenBy('carl', table)).seen).toBe(0);
    }
  });

  it('applies to statements of TypeORM', async () => {
    const seen = await stack
      .get(Database)
      .forOwner('ann')
      .repository(Conversation, (conversations) => conversations.find());
    expect(seen.map(({ owner }) => owner)).toEqual(['ann']);
  });

  it('leaves no setting on the connection', async () => {
    const role = careless(`SELECT current_setting('parley.owner', true) AS owner, current_user AS role`);
    const own = await stack.get(Database).forOwner('ann').query<{ owner: string; role: string }>(role);
    expect(own).toEqual([{ owner: 'ann', role: expect.stringMatching(/_parley_owner$/) }]);
    const pool = (stack.get(DataSource).driver as unknown as { master: typeof stack.sql }).master;
    const plain = await Promise.all(Array.from({ length: 10 }, () => pool.query(role.text)));
    for (const { rows } of plain) {
      expect(rows).toEqual([
        { owner: expect.not.stringMatching(/./), role: expect.not.stringMatching(/parley_/) },
      ]);
    }
  });

  it('uses roles that own nothing, cannot sign in and have no more rights than the server needs', async () => {
    const roles = await stack.rows(`
      SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        (SELECT count(*)::integer FROM pg_class WHERE relowner = r.oid) AS owned
      FROM pg_roles r WHERE rolname ~ '_parley_(owner|system)$'`);
    const none = {
      rolcanlogin: false,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
    };
    expect(roles).toEqual([
      { ...none, owned: 0 },
      { ...none, owned: 0 },
    ]);
    await expect(stack.get(SystemDatabase).query(careless('DROP TABLE feedback'))).rejects.toMatchObject({
      code: '42501',
    });
  });

  describe('for batches of several owners', () => {
    const turn = (owner: string, conversation_id: string): TurnRow => ({
      owner,
      conversation_id,
      is_new: false,
      title: null,
      is_parent_given: false,
      parent_id: null,
      user_id: randomUUID(),
      content: 'hi',
      metadata: {},
      reply_id: randomUUID(),
      run_id: randomUUID(),
      request: { metadata: {}, settings: { stream: true } },
      on_busy: 'reject',
      max_queued: 10,
      idempotency_key: null,
      request_hash: null,
      lease_ms: 60_000,
    });
    const end = (owner: string, begun: TurnRow): RunEndRow => ({
      owner,
      run_id: begun.run_id,
      conversation_id: begun.conversation_id,
      message_id: begun.reply_id,
      fence: 1,
      text_attempt: 1,
      status: 'completed',
      error: null,
      content: 'an answer',
      model: null,
      finish_reason: null,
      tokens_used: null,
      usage: null,
      source: null,
      metadata: {},
      attempts: [],
    });
    const everything = async (): Promise<unknown[]> => [
      await stack.rows('SELECT * FROM conversations WHERE id = $1', [ofBob]),
      await stack.rows('SELECT * FROM messages WHERE conversation_id = $1 ORDER BY seq', [ofBob]),
      await stack.rows('SELECT * FROM runs WHERE conversation_id = $1 ORDER BY id', [ofBob]),
    ];

    it('begins no turn for a row with the conversation of another owner, and all other turns of the batch', async () => {
      const before = await everything();
      const own = turn('ann', ofAnn);
      const [refused, begun] = await writeContinuations(stack.get(SystemDatabase), [turn('ann', ofBob), own]);
      expect([refused!.seq, refused!.has_conversation]).toEqual([null, false]);
      expect(begun!.seq).toEqual(expect.any(Number));
      expect(await everything()).toEqual(before);
      const [ended] = await writeRunEnds(stack.get(SystemDatabase), [end('ann', own)]);
      expect(ended!.finished_at).toEqual(expect.any(Date));
    });

    it('ends nothing for a row with the run, message or conversation of another owner', async () => {
      const [bobs, anns] = [turn('bob', ofBob), turn('ann', ofAnn)];
      await writeContinuations(stack.get(SystemDatabase), [bobs, anns]);
      const before = await everything();
      const wrong = [
        end('ann', bobs),
        { ...end('ann', bobs), conversation_id: ofAnn },
        { ...end('ann', anns), run_id: bobs.run_id },
      ];
      for (const row of wrong) {
        await expect(writeRunEnds(stack.get(SystemDatabase), [row])).resolves.toEqual([
          { finished_at: null, next_run_id: null },
        ]);
      }
      // The run belongs to ann, so it ends; the message does not.
      await writeRunEnds(stack.get(SystemDatabase), [{ ...end('ann', anns), message_id: bobs.reply_id }]);
      expect(await everything()).toEqual(before);
      const [ended] = await writeRunEnds(stack.get(SystemDatabase), [end('bob', bobs)]);
      expect(ended!.finished_at).toEqual(expect.any(Date));
    });
  });
});
