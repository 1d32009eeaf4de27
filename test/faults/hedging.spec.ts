import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from './fault-proxy.js';
import { drive, Fleet, report } from './load.js';

const callers = 4;
const late = { firstTokenDelayMs: 3_000 };

describe('hedging', () => {
  let fleet: Fleet;

  /** @param ratio the part of the requests that may be asked twice */
  async function start(ratio: number): Promise<void> {
    fleet = await Fleet.start(
      2,
      { serviceTimeMs: 10, reply: 'Hello.' },
      { hedging: { isOn: true, ratio, minSamples: 20 } },
    );
    await drive(fleet.client, { callers, goesOn: (sent) => sent < 200 });
  }
  afterEach(() => fleet.stop());

  it('asks another endpoint when the first one is late, and frees the loser at once', async () => {
    await start(1);
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
    const before = fleet.starts.reduce((sum, count) => sum + count, 0);
    const startedAt = performance.now();
    const { text } = await fleet.client.complete({ message: 'hi', stream: true });
    const tookMs = performance.now() - startedAt;
    const loser = fleet.mocks.find(({ requests }) => requests.at(-1)?.outcome !== 'finished')!;
    await loser.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned', 100);

    const winner = fleet.mocks.find((mock) => mock !== loser)!;
    const freedAfterMs =
      loser.requests.at(-1)!.endedAt!.getTime() - winner.requests.at(-1)!.endedAt!.getTime();
    report(
      `hedged: answered after ${Math.round(tookMs)} ms instead of ${late.firstTokenDelayMs}, the loser freed after ${freedAfterMs} ms`,
    );
    expect(text).toBe('Hello.');
    expect(fleet.starts.reduce((sum, count) => sum + count, 0) - before).toBe(2);
    expect(tookMs).toBeLessThan(late.firstTokenDelayMs);
    expect(freedAfterMs).toBeLessThanOrEqual(100);
  });

  it('costs at most 5 % more starts, however many answers are late', async () => {
    await start(0.05);
    const requests = 600;
    const before = fleet.starts.reduce((sum, count) => sum + count, 0);
    // Every tenth answer is five times later than the others.
    for (const mock of fleet.mocks) {
      for (let turn = 0; turn < requests / 10; turn += 1) {
        mock.behaveOnce({}, 9);
        mock.behaveOnce({ serviceTimeMs: 50 });
      }
    }
    const samples = await drive(fleet.client, { callers, goesOn: (sent) => sent < requests });
    const extra = fleet.starts.reduce((sum, count) => sum + count, 0) - before - requests;
    report(`hedging on: ${extra} starts beside the ${requests}`);
    expect(samples.filter(({ text }) => text !== 'Hello.')).toEqual([]);
    expect(extra).toBeGreaterThan(0);
    expect(extra).toBeLessThanOrEqual(0.05 * requests + 1);
  });

  // Known: a loser that still waits for its connection when the other one answers gets it, and keeps it.
  it('leaves nothing behind', async () => {
    await start(1);
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
    await sleep(1_000);
    const { state } = fleet.client;
    await proxy.stop();
    expect(state).toMatchObject([
      { inFlight: 0, queued: 0 },
      { inFlight: 0, queued: 0 },
    ]);
  });
});
