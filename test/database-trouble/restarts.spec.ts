import { Arena } from './arena.js';
import { Callers } from './callers.js';
import { expectNothingLeaked, expectNothingLost, expectStored, expectTimelyProblems } from './held.js';
import { LongAnswer } from './long-answer.js';

const poolSize = 10;

/** Real: the server, PostgreSQL and what kills it, HTTP. Mocked: the LLM. */
describe('a database that goes and comes back', () => {
  let arena: Arena;

  beforeEach(async () => {
    arena = await Arena.start({ behavior: { reply: 'Hello.' } });
  });
  afterEach(() => arena.stop());

  const outages: [string, () => Promise<void>][] = [
    ['killed', () => arena.postgres.kill('SIGKILL')],
    ['shut down', () => arena.postgres.shutDown()],
  ];

  it.each(outages)(
    'loses nothing acknowledged when it is %s, and is told of in time',
    async (_name, end) => {
      const answer = await LongAnswer.begin(arena.stack, 12);
      const callers = await Callers.start(arena.stack, 8);
      await callers.more(20);

      await end();
      await arena.expectReadiness(503);
      const list = await arena.stack.call('GET', '/api/conversations');
      expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      await answer.grows();
      await callers.refused();

      await arena.postgres.restart();
      await arena.expectReadiness(200);
      await callers.more(20);
      await callers.stop();
      await answer.ended;

      expectTimelyProblems(callers.refusals);
      await expectNothingLost(arena, callers);
      await expectStored(arena, answer);
      await expectNothingLeaked(arena, poolSize);
    },
    120_000,
  );

  it('gets over back ends that are ended under load, again and again', async () => {
    const callers = await Callers.start(arena.stack, 8);
    for (let round = 0; round < 10; round += 1) {
      await callers.more(5);
      await arena.postgres.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'parley'",
      );
    }
    await callers.more(10);
    await callers.stop();
    expectTimelyProblems(callers.refusals);
    await expectNothingLost(arena, callers);
    await expectNothingLeaked(arena, poolSize);
  }, 60_000);
});
