import { setTimeout as sleep } from 'node:timers/promises';
import { StackWithPostgres, databaseTimeout } from './stack-with-postgres.js';
import { Callers } from './callers.js';
import {
  expectNothingLeaked,
  expectNothingLost,
  expectStored,
  expectTimelyProblems,
} from './expectations.js';
import { LongAnswer } from './long-answer.js';

/** Length of the freeze in s, longer than any timeout. The long form: FREEZE_SECONDS=40. */
const freezeSeconds = Number(process.env.FREEZE_SECONDS ?? 8);

const leaseSeconds = 2;

/** Real: the server, PostgreSQL with all of its processes stopped, HTTP. Mocked: the LLM. */
describe('a database that freezes and continues', () => {
  let system: StackWithPostgres;

  beforeEach(async () => {
    system = await StackWithPostgres.start({
      behavior: { reply: 'Hello.' },
      environment: { RUN_LEASE: String(leaseSeconds) },
    });
  });
  afterEach(() => system.stop());

  it(
    'loses no acknowledged message, and requests are rejected in time',
    async () => {
      expect(freezeSeconds).toBeGreaterThan(2 * databaseTimeout);
      const answer = await LongAnswer.start(system.stack, 4);
      const callers = await Callers.start(system.stack, 8);
      await callers.untilAcknowledged(20);

      await system.postgres.freeze();
      await system.expectReadiness(503);
      await answer.untilGrown();
      await callers.untilRejected();
      const list = await system.stack.call('GET', '/api/conversations');
      expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      await sleep(freezeSeconds * 1_000 - databaseTimeout * 1_000);

      system.postgres.thaw();
      await system.expectReadiness(200);
      await callers.untilAcknowledged(20);
      await callers.stop();
      expectTimelyProblems(callers.rejections);
      await expectNothingLost(system, callers);
      await expectStored(system, answer);
      await expectNothingLeaked(system, 10);
    },
    60_000 + 2 * freezeSeconds * 1_000,
  );

  it('does not make an idle replica take over the runs of others', async () => {
    const idle = await system.stack.replica();
    const answer = await LongAnswer.start(system.stack, 12);
    await system.postgres.freeze();
    // All leases expire meanwhile.
    await sleep(3 * leaseSeconds * 1_000);
    system.postgres.thaw();
    await expectStored(system, answer);
    const runs = await system.postgres.query('SELECT fence, generation, crashes FROM runs');
    expect(runs).toEqual([{ fence: 1, generation: 1, crashes: 0 }]);
    await idle.close();
  }, 60_000);

  it('lets the server stop while it is frozen', async () => {
    await system.stack.call('POST', '/api/chat', { message: 'hello' });
    await system.postgres.freeze();
    const listing = system.stack.call('GET', '/api/conversations').catch(() => undefined);
    await sleep(200);
    await system.stack.close();
    await listing;
  }, 40_000);
});
