import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { report } from './measurements.js';
import { drive, Fleet } from './load.js';

/** For a full minute: OUTAGE_SECONDS=60 npm run test:faults */
const seconds = Number(process.env.OUTAGE_SECONDS ?? 10);
const callers = 20;
/** What the default retry budget permits in addition to 1.2 attempts per request. */
const floor = { once: 10, perSecond: 0.5 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The resources of the process: sockets, timers, and memory in MB. */
function held(): { sockets: number; timers: number; heapMb: number } {
  collectGarbage();
  const resources = process.getActiveResourcesInfo();
  return {
    sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
    timers: resources.filter((name) => name === 'Timeout').length,
    heapMb: process.memoryUsage().heapUsed / 1024 / 1024,
  };
}

describe('an outage of all endpoints under load', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await Fleet.start(2, { serviceTimeMs: 5, reply: 'Hello.' }, { retry: { baseMs: 20 } });
  });
  afterEach(() => fleet.stop());

  it(
    'does not cause a retry storm, and leaks no sockets, timers or memory',
    async () => {
      let attempts = 0;
      fleet.client.observer.on('attempt', () => (attempts += 1));
      const forMs = (ms: number): (() => boolean) => {
        const end = performance.now() + ms;
        return () => performance.now() < end;
      };
      await drive(fleet.client, { callers, pauseMs: 20, shouldContinue: forMs(500) });
      await fleet.waitUntilIdle();
      await sleep(100);
      const before = held();

      await Promise.all(fleet.mocks.map((mock) => mock.goDown()));
      attempts = 0;
      const diedAt = performance.now();
      const failed = await drive(fleet.client, {
        callers,
        pauseMs: 20,
        shouldContinue: forMs(seconds * 1_000),
      });
      const attemptsWhileDown = attempts;
      const downSeconds = (performance.now() - diedAt) / 1_000;
      await Promise.all(fleet.mocks.map((mock) => mock.comeUp()));

      const after = await drive(fleet.client, { callers, pauseMs: 20, shouldContinue: forMs(500) });
      await fleet.waitUntilIdle();
      await sleep(100);
      const now = held();
      report(
        `all down for ${seconds} s: ${failed.length} requests, ${attemptsWhileDown} attempts ` +
          `(${(attemptsWhileDown / failed.length).toFixed(3)} each); before ${JSON.stringify(before)}, after ${JSON.stringify(now)}`,
      );

      expect(new Set(failed.map(({ errorCode }) => errorCode))).toEqual(new Set(['llm_unavailable']));
      expect(attemptsWhileDown).toBeLessThanOrEqual(
        1.2 * failed.length + floor.once + floor.perSecond * downSeconds,
      );
      expect(after.filter(({ errorCode }) => errorCode !== undefined)).toEqual([]);
      expect(fleet.client.state).toMatchObject([
        { inFlight: 0, queued: 0 },
        { inFlight: 0, queued: 0 },
      ]);
      // Each connection has two sockets in this process.
      expect(now.sockets).toBeLessThanOrEqual(Math.max(before.sockets, 4 * callers) + 4);
      expect(now.timers).toBeLessThanOrEqual(before.timers + 2);
      expect(now.heapMb).toBeLessThan(before.heapMb + 10);
    },
    (seconds + 20) * 1_000,
  );
});
