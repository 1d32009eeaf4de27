import { setTimeout as sleep } from 'node:timers/promises';
import { Arena, databaseTimeout } from './arena.js';
import { Callers } from './callers.js';
import { expectNothingLeaked, expectNothingLost, expectStored, expectTimelyProblems } from './held.js';
import { LongAnswer } from './long-answer.js';

/** In s, longer than anybody waits for an answer. The long form: FREEZE_SECONDS=40. */
const freezeSeconds = Number(process.env.FREEZE_SECONDS ?? 8);

const leaseSeconds = 2;

/** Real: the server, PostgreSQL with all of its processes stopped, HTTP. Mocked: the LLM. */
describe('a database that freezes and goes on', () => {
  let arena: Arena;

  beforeEach(async () => {
    arena = await Arena.start({
      behavior: { reply: 'Hello.' },
      environment: { RUN_LEASE: String(leaseSeconds) },
    });
  });
  afterEach(() => arena.stop());

  it(
    'loses nothing acknowledged, and everybody is refused in time',
    async () => {
      expect(freezeSeconds).toBeGreaterThan(2 * databaseTimeout);
      const answer = await LongAnswer.begin(arena.stack, 4);
      const callers = await Callers.start(arena.stack, 8);
      await callers.more(20);

      await arena.postgres.freeze();
      await arena.expectReadiness(503);
      await answer.grows();
      await callers.refused();
      const list = await arena.stack.call('GET', '/api/conversations');
      expect(list).toMatchObject({ status: 503, body: { code: 'database_unavailable' } });
      await sleep(freezeSeconds * 1_000 - databaseTimeout * 1_000);

      arena.postgres.thaw();
      await arena.expectReadiness(200);
      await callers.more(20);
      await callers.stop();
      expectTimelyProblems(callers.refusals);
      await expectNothingLost(arena, callers);
      await expectStored(arena, answer);
      await expectNothingLeaked(arena, 10);
    },
    60_000 + 2 * freezeSeconds * 1_000,
  );

  it('makes no server that has nothing to do take the others for dead', async () => {
    const idle = await arena.stack.replica();
    const answer = await LongAnswer.begin(arena.stack, 12);
    await arena.postgres.freeze();
    // Every lease runs out meanwhile.
    await sleep(3 * leaseSeconds * 1_000);
    arena.postgres.thaw();
    await expectStored(arena, answer);
    const runs = await arena.postgres.query('SELECT fence, generation, crashes FROM runs');
    expect(runs).toEqual([{ fence: 1, generation: 1, crashes: 0 }]);
    await idle.close();
  }, 60_000);

  it('lets the server stop while it is frozen', async () => {
    await arena.stack.call('POST', '/api/chat', { message: 'hello' });
    await arena.postgres.freeze();
    const listing = arena.stack.call('GET', '/api/conversations').catch(() => undefined);
    await sleep(200);
    await arena.stack.close();
    await listing;
  }, 40_000);
});
