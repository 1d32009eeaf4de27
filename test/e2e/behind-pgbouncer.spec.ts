import { chatMigrations } from '#chat';
import { checkPreparedStatements, migrate, Notifications, PreparedStatementsError } from '#database';
import { allEvents, readEvents, textOf, type ReceivedEvent } from '../harness/event-stream.js';
import { hasPgBouncer, PgBouncer } from '../harness/pg-bouncer.js';
import { type Json, Stack } from '../harness/stack.js';
import { createEmptyDatabase } from '#testing';

/** Two servers behind PgBouncer in its default configuration. Skipped if PgBouncer is not installed. */
(hasPgBouncer ? describe : describe.skip)('servers behind a PgBouncer that shares connections', () => {
  let pooler: PgBouncer;
  let migrated: string[][];
  let stack: Stack;
  let other: { url: string; close: () => Promise<void> };

  beforeAll(async () => {
    const database = await createEmptyDatabase();
    pooler = await PgBouncer.start(database.url);
    const { url } = pooler;
    migrated = await Promise.all(
      Array.from({ length: 4 }, () => migrate({ url, migrations: chatMigrations })),
    );
    stack = await Stack.start({
      database: { url, drop: () => database.drop() },
      environment: { DATABASE_PREPARED_STATEMENTS: 'false' },
    });
    other = await stack.replica();
  });
  afterAll(async () => {
    await other?.close();
    await stack?.stop();
    await pooler?.stop();
  });

  it('apply each migration once, even if they migrate at the same time', async () => {
    const names = chatMigrations.map(({ name }) => name);
    expect(migrated.flat().sort()).toEqual([...names].sort());
    const rows = await stack.rows('SELECT name FROM migrations ORDER BY id');
    expect(rows.map(({ name }) => name)).toEqual(names);
    // The lock is not kept on a connection that other sessions use.
    await expect(
      migrate({ url: pooler.url, migrations: chatMigrations, lockTimeoutMs: 500 }),
    ).resolves.toEqual([]);
  });

  it('are recognized if they would prepare statements', async () => {
    await expect(checkPreparedStatements(pooler.url)).rejects.toBeInstanceOf(PreparedStatementsError);
    await expect(checkPreparedStatements(pooler.target)).resolves.toBeUndefined();
  });

  it('answer and store more concurrent requests than there are connections', async () => {
    const messages = Array.from({ length: 40 }, (_, number) => `what is ${number}+1?`);
    const answers = await Promise.all(
      messages.map((message) => stack.call('POST', '/api/chat', { message })),
    );
    expect(answers.map(({ status }) => status)).toEqual(messages.map(() => 200));
    const goingOn = answers.map(({ body }) =>
      stack.call('POST', '/api/chat', { message: 'and again?', conversation_id: body.conversation_id }),
    );
    expect((await Promise.all(goingOn)).map(({ status }) => status)).toEqual(messages.map(() => 200));
    expect(await stack.rows('SELECT status, count(*)::integer FROM messages GROUP BY status')).toEqual([
      { status: 'completed', count: 4 * messages.length },
    ]);
    const found = await stack.call<{ data: Json[] }>('GET', '/api/conversations?q=again');
    expect([found.status, found.body.data.length > 0]).toEqual([200, true]);
  });

  it('follow and cancel each other’s runs without notifications', async () => {
    stack.mock.behave({ tokens: 2_000, tokensPerSecond: 100 });
    const events: ReceivedEvent[] = [];
    for await (const event of readEvents(await stack.stream('/api/chat', { message: 'tell me' }))) {
      events.push(event);
      if (events.length === 10) break;
    }
    const { run_id } = events[0]!.data;
    const following = fetch(`${other.url}/api/runs/${run_id}/events`, {
      headers: { 'last-event-id': events.at(-1)!.id },
    }).then(allEvents);
    expect(stack.get(Notifications).isReceiving).toBe(false);
    expect((await fetch(`${stack.url}/api/runs/${run_id}/cancel`, { method: 'POST' })).status).toBe(202);
    const after = await following;
    expect(after.at(-1)!.data.run.status).toBe('cancelled');
    expect(textOf([...events, ...after])).toBe(after.at(-2)!.data.message.content);
  });
});
