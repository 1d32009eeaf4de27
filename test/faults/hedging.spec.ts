import { FaultProxy } from './fault-proxy.js';
import { measure, report } from './figures.js';
import { drive, Fleet } from './load.js';

const callers = 4;
/** Nobody waits so long: without a hedge the spec would not end. */
const late = { firstTokenDelayMs: 600_000 };
const patient = { firstTokenMs: 600_000, totalMs: 600_000 };

/** @param ratio the part of the requests that may be asked twice */
async function start(ratio: number): Promise<Fleet> {
  const fleet = await Fleet.start(
    2,
    { serviceTimeMs: 10, reply: 'Hello.' },
    { hedging: { isOn: true, ratio, minSamples: 20 }, timeouts: patient },
  );
  await drive(fleet.client, { callers, goesOn: (sent) => sent < 200 });
  return fleet;
}

const startsOf = ({ starts }: Fleet): number => starts.reduce((sum, count) => sum + count, 0);

describe('hedging', () => {
  let fleet: Fleet;

  afterEach(() => fleet.stop());

  it('asks another endpoint when the first one is late, and frees the loser at once', async () => {
    await measure(async () => {
      fleet = await start(1);
      // Whichever is asked first is late; the one asked second is not.
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
          name: 'hedged: ms from the end of the answer until the loser is free',
          value: freedAfterMs,
          most: 100,
        },
      ];
    });
  });

  it('costs at most 5 % more starts, however many answers are late', async () => {
    fleet = await start(0.05);
    const requests = 600;
    const before = startsOf(fleet);
    // Every tenth answer is five times later than the others.
    for (const mock of fleet.mocks) {
      for (let turn = 0; turn < requests / 10; turn += 1) {
        mock.behaveOnce({}, 9);
        mock.behaveOnce({ serviceTimeMs: 50 });
      }
    }
    const samples = await drive(fleet.client, { callers, goesOn: (sent) => sent < requests });
    const extra = startsOf(fleet) - before - requests;
    report(`hedging on: ${extra} starts beside the ${requests}`);
    expect(samples.filter(({ text }) => text !== 'Hello.')).toEqual([]);
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(0.05 * requests + 1);
  });

  it('leaves nothing behind when the loser still waits for its connection', async () => {
    fleet = await start(1);
    // Whichever is asked first, the second one is asked too, while new connections to one of them take their time.
    const [other, mock] = fleet.mocks;
    const proxy = await FaultProxy.start(mock!.port);
    fleet.restart([other!.url, `ws://127.0.0.1:${proxy.port}/chat`]);
    await drive(fleet.client, { callers, goesOn: (sent) => sent < 200 });
    await proxy.behave({ kind: 'latency', ms: 200 });
    proxy.cutAll();
    other!.behave({ serviceTimeMs: 150 });
    await proxy.waitForClients(0, 1_000);
    await fleet.client.complete({ message: 'hi', stream: true });
    await fleet.calm();
    await proxy.stop();
    expect(fleet.client.state).toMatchObject([
      { inFlight: 0, queued: 0, connecting: 0 },
      { inFlight: 0, queued: 0, connecting: 0 },
    ]);
  });
});
