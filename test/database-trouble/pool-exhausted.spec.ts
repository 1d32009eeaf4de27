import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { StackWithPostgres } from './stack-with-postgres.js';
import { Callers } from './callers.js';
import { expectNothingLeaked, expectNothingLost, expectTimelyProblems } from './expectations.js';
import { LongAnswer } from './long-answer.js';

const poolSize = 4;

/** Real: the server, its pool, PostgreSQL, HTTP. Mocked: the LLM. */
describe('a pool without a free connection', () => {
  let system: StackWithPostgres;

  beforeEach(async () => {
    system = await StackWithPostgres.start({
      behavior: { reply: 'Hello.' },
      environment: { DATABASE_POOL_SIZE: String(poolSize) },
    });
  });
  afterEach(() => system.stop());

  it('rejects requests in time, loses nothing, and recovers', async () => {
    const answer = await LongAnswer.start(system.stack, 3);
    const callers = await Callers.start(system.stack, 6);
    await callers.untilAcknowledged(10);

    const borrowed = Array.from({ length: poolSize }, () => system.stack.get(DataSource).createQueryRunner());
    await Promise.all(borrowed.map((runner) => runner.connect()));
    await callers.untilRejected();
    await system.expectReadiness(200);
    const list = await system.stack.call('GET', '/api/conversations');
    expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
    // Readiness uses a dedicated connection, so the pool does not matter.
    await system.expectReadiness(200);
    await sleep(2_000);

    await Promise.all(borrowed.map((runner) => runner.release()));
    await system.expectReadiness(200);
    await callers.untilAcknowledged(10);
    await callers.stop();
    await answer.ended;
    expectTimelyProblems(callers.rejections);
    await expectNothingLost(system, callers);
    expect(answer.last).toMatchObject({ event: 'run.finished', data: { run: { status: 'completed' } } });
    await expectNothingLeaked(system, poolSize);
  }, 60_000);

  it('does so as well when PostgreSQL accepts no further connections', async () => {
    await system.postgres.query('ALTER SYSTEM SET max_connections = 15');
    await system.postgres.shutDown();
    await system.postgres.restart();
    await system.expectReadiness(200);
    const callers = await Callers.start(system.stack, 6);
    await callers.untilAcknowledged(10);

    const clients = await takeAllConnections();
    await system.expectReadiness(503);
    await callers.untilRejected();
    await Promise.all(clients.map((client) => client.end()));
    await system.expectReadiness(200);
    await callers.untilAcknowledged(10);
    await callers.stop();
    expectTimelyProblems(callers.rejections);
    await expectNothingLost(system, callers);
    await expectNothingLeaked(system, poolSize);
  }, 60_000);

  /** Opens all connections that PostgreSQL allows, including those of the server. */
  async function takeAllConnections(): Promise<pg.Client[]> {
    const clients = await takeConnections();
    for (;;) {
      // The server may reconnect faster, so repeat until it has no connection.
      const { rowCount } = await clients[0]!.query(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name LIKE 'parley%'",
      );
      if (rowCount === 0) return clients;
      clients.push(...(await takeConnections()));
    }
  }

  async function takeConnections(): Promise<pg.Client[]> {
    const taken: pg.Client[] = [];
    for (;;) {
      const client = new pg.Client({ connectionString: system.postgres.urlFor('client') });
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
