import { setTimeout as sleep } from 'node:timers/promises';
import { drive, Fleet, report } from './load.js';

const backoffMs = 100;
const callers = 12;

/** How an endpoint dies, and how it comes back; how many callers may notice. */
const deaths = [
  {
    name: 'is gone',
    atMost: 5,
    die: (fleet: Fleet) => fleet.mocks[0]!.goDown(),
    live: (fleet: Fleet) => fleet.mocks[0]!.comeUp(),
  },
  {
    name: 'answers with errors',
    atMost: 5,
    die: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: 'internal_error' }),
    live: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: null }),
  },
  {
    name: 'says nothing',
    // Those who wait for it when it falls silent.
    atMost: callers,
    die: async (fleet: Fleet) => fleet.mocks[0]!.behave({ silence: true }),
    live: async (fleet: Fleet) => fleet.mocks[0]!.behave({ silence: false }),
  },
];

describe('one of three endpoints dies under load', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await Fleet.start(
      3,
      { serviceTimeMs: 10, reply: 'Hello.' },
      {
        retry: { baseMs: backoffMs },
        breaker: { failures: 2, openMs: 200, maxOpenMs: 400 },
        timeouts: { firstTokenMs: 400 },
      },
    );
  });
  afterEach(() => fleet.stop());

  it.each(deaths)(
    'and $name: all are answered, at once, and it is used again',
    async ({ name, die, live, atMost }) => {
      const dying = fleet.mocks[0]!;
      let isOver = false;
      const load = drive(fleet.client, { callers, goesOn: () => !isOver });
      const liveAgain = async (): Promise<void> => {
        const before = dying.requestsReceived;
        await live(fleet);
        await dying.waitFor(
          ({ requests, requestsReceived }) =>
            requestsReceived > before && requests.slice(before).some(({ outcome }) => outcome === 'finished'),
          5_000,
        );
        const probed = dying.requestsReceived;
        await dying.waitFor(({ requestsReceived }) => requestsReceived >= probed + callers, 1_000);
      };
      await sleep(500);
      const diedAt = performance.now();
      await die(fleet);
      await sleep(1_000);
      await liveAgain().finally(() => (isOver = true));
      const samples = await load;

      expect(samples.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
      const healthyMs = Math.max(
        ...samples.filter(({ startedAt, ms }) => startedAt + ms < diedAt).map(({ ms }) => ms),
      );
      const delayed = samples.filter(({ ms }) => ms > healthyMs + backoffMs);
      report(
        `one of three ${name}: ${samples.length} requests, ${delayed.length} later than ${Math.round(healthyMs)} + ${backoffMs} ms`,
      );
      expect(delayed.length).toBeLessThanOrEqual(atMost);
    },
  );
});
