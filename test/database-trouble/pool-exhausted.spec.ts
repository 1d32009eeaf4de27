import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { Arena } from './arena.js';
import { Callers } from './callers.js';
import { expectNothingLeaked, expectNothingLost, expectTimelyProblems } from './held.js';
import { LongAnswer } from './long-answer.js';

const poolSize = 4;

/** Real: the server, its pool, PostgreSQL, HTTP. Mocked: the LLM. */
describe('a pool without a connection to spare', () => {
  let arena: Arena;

  beforeEach(async () => {
    arena = await Arena.start({
      behavior: { reply: 'Hello.' },
      environment: { DATABASE_POOL_SIZE: String(poolSize) },
    });
  });
  afterEach(() => arena.stop());

  it('refuses in time, loses nothing, and is itself again when they are back', async () => {
    const answer = await LongAnswer.begin(arena.stack, 3);
    const callers = await Callers.start(arena.stack, 6);
    await callers.more(10);

    const borrowed = Array.from({ length: poolSize }, () => arena.stack.get(DataSource).createQueryRunner());
    await Promise.all(borrowed.map((runner) => runner.connect()));
    await callers.refused();
    await arena.expectReadiness(200);
    const list = await arena.stack.call('GET', '/api/conversations');
    expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    // Readiness uses a dedicated connection, so the pool does not matter.
    await arena.expectReadiness(200);
    await sleep(2_000);

    await Promise.all(borrowed.map((runner) => runner.release()));
    await arena.expectReadiness(200);
    await callers.more(10);
    await callers.stop();
    await answer.ended;
    expectTimelyProblems(callers.refusals);
    await expectNothingLost(arena, callers);
    expect(answer.last).toMatchObject({ event: 'run.finished', data: { run: { status: 'completed' } } });
    await expectNothingLeaked(arena, poolSize);
  }, 60_000);

  it('is the same when PostgreSQL itself takes no more connections', async () => {
    await arena.postgres.query('ALTER SYSTEM SET max_connections = 15');
    await arena.postgres.shutDown();
    await arena.postgres.restart();
    await arena.expectReadiness(200);
    const callers = await Callers.start(arena.stack, 6);
    await callers.more(10);

    const hogs = await hogAll();
    await arena.expectReadiness(503);
    await callers.refused();
    await Promise.all(hogs.map((hog) => hog.end()));
    await arena.expectReadiness(200);
    await callers.more(10);
    await callers.stop();
    expectTimelyProblems(callers.refusals);
    await expectNothingLost(arena, callers);
    await expectNothingLeaked(arena, poolSize);
  }, 60_000);

  /** Takes every connection there is, those of the server too. */
  async function hogAll(): Promise<pg.Client[]> {
    const hogs = await takeConnections();
    for (;;) {
      // The server may be quicker to take the places that were its own.
      const { rowCount } = await hogs[0]!.query(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name LIKE 'parley%'",
      );
      if (rowCount === 0) return hogs;
      hogs.push(...(await takeConnections()));
    }
  }

  async function takeConnections(): Promise<pg.Client[]> {
    const taken: pg.Client[] = [];
    for (;;) {
      const client = new pg.Client({ connectionString: arena.postgres.urlFor('hog') });
      client.on('error', () => undefined);
      try {
        await client.connect();
        taken.push(client);
      } catch {
        return taken;
      }
    }
  }
});
