import { setTimeout as sleep } from 'node:timers/promises';
import { drive, Fleet, percentile, report } from './load.js';

const backoffMs = 100;
const callers = 6;
/** So many callers may notice, those included whom it was answering: they wait until it is given up. */
const mayNotice = 5;

/** How an endpoint dies, and how it comes back. */
const deaths = [
  {
    name: 'is gone',
    die: (fleet: Fleet) => fleet.mocks[0]!.goDown(),
    live: (fleet: Fleet) => fleet.mocks[0]!.comeUp(),
  },
  {
    name: 'answers with errors',
    die: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: 'internal_error' }),
    live: async (fleet: Fleet) => fleet.mocks[0]!.behave({ errorCode: null }),
  },
  {
    name: 'says nothing',
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
        breaker: { openMs: 1_000, maxOpenMs: 1_000 },
        timeouts: { firstTokenMs: 400 },
      },
    );
  });
  afterEach(() => fleet.stop());

  it.each(deaths)(
    'and $name: all are answered, at once, and it is used again',
    async ({ name, die, live }) => {
      const dying = fleet.mocks[0]!;
      let isOver = false;
      const healthy = await drive(fleet.client, { callers, goesOn: (sent) => sent < 500 });
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
      await sleep(100);
      await die(fleet);
      await sleep(1_000);
      await liveAgain().finally(() => (isOver = true));
      const samples = await load;

      expect(samples.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
      const healthyMs = percentile(
        healthy.map(({ ms }) => ms),
        0.99,
      );
      // Whoever never met it was delayed by the machine alone.
      const delayed = samples.filter(({ ms, failures }) => failures > 0 && ms > healthyMs + backoffMs);
      report(
        `one of three ${name}: ${samples.length} requests, ${delayed.length} later than ${Math.round(healthyMs)} + ${backoffMs} ms`,
      );
      expect(delayed.length).toBeLessThanOrEqual(mayNotice);
    },
  );
});
