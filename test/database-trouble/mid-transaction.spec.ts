import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { signalAll } from '#testing';
import { StackWithPostgres } from './stack-with-postgres.js';

/** Real: the server, PostgreSQL and its backend processes, HTTP. Mocked: the LLM. */
describe('a backend process that ends during a transaction', () => {
  let system: StackWithPostgres;
  let holder: pg.Client;
  let path: string;

  beforeEach(async () => {
    system = await StackWithPostgres.start({ behavior: { reply: 'Hello.' } });
    const { body } = await system.stack.call<{ id: string }>('POST', '/api/conversations', {});
    path = `/api/conversations/${body.id}/messages`;
    // A lock on the conversation's row keeps the turn's transaction open.
    holder = new pg.Client({ connectionString: system.postgres.urlFor('holder') });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query(`BEGIN; SELECT 1 FROM conversations WHERE id = '${body.id}' FOR UPDATE`);
  });
  afterEach(async () => {
    await holder.end().catch(() => undefined);
    await system.stop();
  });

  const waitingBackend = async (): Promise<number> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const [row] = await system.postgres.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'parley' AND wait_event_type = 'Lock'",
      );
      if (row !== undefined) return row.pid;
      await sleep(20);
    }
    throw new Error('no statement is waiting');
  };

  const ends: [string, (pid: number) => Promise<void>][] = [
    [
      'ended by an administrator',
      async (pid) => void (await holder.query(`SELECT pg_terminate_backend(${pid}, 5000)`)),
    ],
    // PostgreSQL then terminates all other backends and recovers.
    ['killed', (pid) => Promise.resolve(signalAll([pid], 'SIGKILL'))],
  ];

  it.each(ends)('stores the turn once when it is %s', async (_name, end) => {
    const sending = system.stack.call('POST', path, { content: 'hello' });
    await end(await waitingBackend());
    await holder.query('ROLLBACK').catch(() => undefined);

    expect(await sending).toMatchObject({ status: 200, body: { reply: { content: 'Hello.' } } });
    const stored = await system.postgres.query('SELECT seq, content FROM messages ORDER BY seq');
    expect(stored).toEqual([
      { seq: 1, content: 'hello' },
      { seq: 2, content: 'Hello.' },
    ]);
    expect(system.stack.mock.requestsReceived).toBe(1);
    await system.expectReadiness(200);
    expect(await system.busyConnections()).toEqual([]);
  });
});
