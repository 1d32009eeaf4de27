import { StackWithPostgres } from './stack-with-postgres.js';
import { Callers } from './callers.js';
import {
  expectNothingLeaked,
  expectNothingLost,
  expectStored,
  expectTimelyProblems,
} from './expectations.js';
import { LongAnswer } from './long-answer.js';

const poolSize = 10;

/** Real: the server, PostgreSQL and signals to it, HTTP. Mocked: the LLM. */
describe('a database that stops and restarts', () => {
  let system: StackWithPostgres;

  beforeEach(async () => {
    system = await StackWithPostgres.start({ behavior: { reply: 'Hello.' } });
  });
  afterEach(() => system.stop());

  const outages: [string, () => Promise<void>][] = [
    ['killed', () => system.postgres.kill('SIGKILL')],
    ['shut down', () => system.postgres.shutDown()],
  ];

  it.each(outages)(
    'loses no acknowledged message when it is %s, and requests are rejected in time',
    async (_name, end) => {
      const answer = await LongAnswer.start(system.stack, 12);
      const callers = await Callers.start(system.stack, 8);
      await callers.untilAcknowledged(20);

      await end();
      await system.expectReadiness(503);
      const list = await system.stack.call('GET', '/api/conversations');
      expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      await answer.untilGrown();
      await callers.untilRejected();

      await system.postgres.restart();
      await system.expectReadiness(200);
      await callers.untilAcknowledged(20);
      await callers.stop();
      await answer.ended;

      expectTimelyProblems(callers.rejections);
      await expectNothingLost(system, callers);
      await expectStored(system, answer);
      await expectNothingLeaked(system, poolSize);
    },
    120_000,
  );

  it('recovers from backends that are terminated repeatedly under load', async () => {
    const callers = await Callers.start(system.stack, 8);
    for (let round = 0; round < 10; round += 1) {
      await callers.untilAcknowledged(5);
      await system.postgres.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley'",
      );
    }
    await callers.untilAcknowledged(10);
    await callers.stop();
    expectTimelyProblems(callers.rejections);
    await expectNothingLost(system, callers);
    await expectNothingLeaked(system, poolSize);
  }, 60_000);
});
