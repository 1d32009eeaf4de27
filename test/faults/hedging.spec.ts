import { FaultProxy } from './fault-proxy.js';
import { measure, report } from './measurements.js';
import { drive, Fleet } from './load.js';

const callers = 4;
/** Longer than the time limit of the test: without a hedge it would fail. */
const late = { firstTokenDelayMs: 600_000 };
const generous = { firstTokenMs: 600_000, totalMs: 600_000 };

/** @param ratio the part of the requests that may be hedged */
async function start(ratio: number): Promise<Fleet> {
  const fleet = await Fleet.start(
    2,
    { serviceTimeMs: 10, reply: 'Hello.' },
    { hedging: { isOn: true, ratio, minSamples: 20 }, timeouts: generous },
  );
  await drive(fleet.client, { callers, shouldContinue: (sent) => sent < 200 });
  return fleet;
}

const startsOf = ({ starts }: Fleet): number => starts.reduce((sum, count) => sum + count, 0);

describe('hedging', () => {
  let fleet: Fleet;

  afterEach(() => fleet.stop());

  it('asks another endpoint when the first one is late, and closes the loser immediately', async () => {
    await measure(async () => {
      fleet = await start(1);
      // The endpoint that is asked first is late; the other one is not.
      for (const [index, mock] of fleet.mocks.entries()) {
        mock.behave(late);
        void mock
          .waitFor(({ requests }) => requests.some(({ outcome }) => outcome === 'pending'))
          .then(
            () => fleet.mocks[1 - index]!.behave({ firstTokenDelayMs: 0 }),
            () => undefined,
          );
      }
      const before = startsOf(fleet);
      const { text } = await fleet.client.complete({ message: 'hi', stream: true });
      const loser = fleet.mocks.find(({ requests }) => requests.at(-1)?.outcome !== 'finished')!;
      await loser.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned');

      const winner = fleet.mocks.find((mock) => mock !== loser)!;
      const freedAfterMs =
        loser.requests.at(-1)!.endedAt!.getTime() - winner.requests.at(-1)!.endedAt!.getTime();
      expect(text).toBe('Hello.');
      expect(startsOf(fleet) - before).toBe(2);
      await fleet.stop();
      return [
        {
          name: 'hedged: ms from the end of the answer until the loser is closed',
          value: freedAfterMs,
          max: 100,
        },
      ];
    });
  });

  it('adds at most 5 % more attempts, however many answers are late', async () => {
    fleet = await start(0.05);
    const requests = 600;
    const before = startsOf(fleet);
    // Every tenth answer takes five times as long as the others.
    for (const mock of fleet.mocks) {
      for (let turn = 0; turn < requests / 10; turn += 1) {
        mock.behaveOnce({}, 9);
        mock.behaveOnce({ serviceTimeMs: 50 });
      }
    }
    const samples = await drive(fleet.client, { callers, shouldContinue: (sent) => sent < requests });
    const extra = startsOf(fleet) - before - requests;
    report(`hedging on: ${extra} attempts in addition to ${requests}`);
    expect(samples.filter(({ text }) => text !== 'Hello.')).toEqual([]);
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(0.05 * requests + 1);
  });

  it('leaves no open resources when the loser still waits for its connection', async () => {
    fleet = await start(1);
    // Both endpoints are asked, and new connections to one of them are slow.
    const [other, mock] = fleet.mocks;
    const proxy = await FaultProxy.start(mock!.port);
    fleet.restart([other!.url, `ws://127.0.0.1:${proxy.port}/chat`]);
    await drive(fleet.client, { callers, shouldContinue: (sent) => sent < 200 });
    await proxy.behave({ kind: 'latency', ms: 200 });
    proxy.cutAll();
    other!.behave({ serviceTimeMs: 150 });
    await proxy.waitForClients(0, 1_000);
    await fleet.client.complete({ message: 'hi', stream: true });
    await fleet.waitUntilIdle();
    await proxy.stop();
    expect(fleet.client.state).toMatchObject([
      { inFlight: 0, queued: 0, connecting: 0 },
      { inFlight: 0, queued: 0, connecting: 0 },
    ]);
  });
});
