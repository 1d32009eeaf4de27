import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { signalAll } from '#testing';
import { Arena } from './arena.js';

/** Real: the server, PostgreSQL and the ends of its back ends, HTTP. Mocked: the LLM. */
describe('a back end that dies in the middle of a transaction', () => {
  let arena: Arena;
  let holder: pg.Client;
  let path: string;

  beforeEach(async () => {
    arena = await Arena.start({ behavior: { reply: 'Hello.' } });
    const { body } = await arena.stack.call<{ id: string }>('POST', '/api/conversations', {});
    path = `/api/conversations/${body.id}/messages`;
    // Somebody holds the conversation's row: the turn's transaction has begun, and cannot end.
    holder = new pg.Client({ connectionString: arena.postgres.urlFor('holder') });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query(`BEGIN; SELECT 1 FROM conversations WHERE id = '${body.id}' FOR UPDATE`);
  });
  afterEach(async () => {
    await holder.end().catch(() => undefined);
    await arena.stop();
  });

  const waitingBackEnd = async (): Promise<number> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const [row] = await arena.postgres.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'parley' AND wait_event_type = 'Lock'",
      );
      if (row !== undefined) return row.pid;
      await sleep(20);
    }
    throw new Error('no statement waits');
  };

  const ends: [string, (pid: number) => Promise<void>][] = [
    [
      'ended by an administrator',
      async (pid) => void (await holder.query(`SELECT pg_terminate_backend(${pid}, 5000)`)),
    ],
    // PostgreSQL then ends every other back end, and recovers.
    ['killed', (pid) => Promise.resolve(signalAll([pid], 'SIGKILL'))],
  ];

  it.each(ends)('takes the turn once when it is %s', async (_name, end) => {
    const sending = arena.stack.call('POST', path, { content: 'hello' });
    await end(await waitingBackEnd());
    await holder.query('ROLLBACK').catch(() => undefined);

    expect(await sending).toMatchObject({ status: 200, body: { reply: { content: 'Hello.' } } });
    const stored = await arena.postgres.query('SELECT seq, content FROM messages ORDER BY seq');
    expect(stored).toEqual([
      { seq: 1, content: 'hello' },
      { seq: 2, content: 'Hello.' },
    ]);
    expect(arena.stack.mock.requestsReceived).toBe(1);
    await arena.expectReadiness(200);
    expect(await arena.busyConnections()).toEqual([]);
  });
});
