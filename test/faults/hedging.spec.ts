import { setTimeout as sleep } from 'node:timers/promises';
import { drive, Fleet, report } from './load.js';

const callers = 4;
const late = { firstTokenDelayMs: 3_000 };

describe('hedging', () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await Fleet.start(
      2,
      { serviceTimeMs: 10, reply: 'Hello.' },
      { hedging: { isOn: true, ratio: 0.05, minSamples: 20 } },
    );
    await drive(fleet.client, { callers, goesOn: (sent) => sent < 200 });
  });
  afterEach(() => fleet.stop());

  it('asks another endpoint when the first one is late, and frees the loser at once', async () => {
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
    const startedAt = performance.now();
    const { text } = await fleet.client.complete({ message: 'hi', stream: true });
    const tookMs = performance.now() - startedAt;
    const abandoned = fleet.mocks.flatMap(({ requests }) =>
      requests.filter((it) => it.outcome === 'abandoned'),
    );
    const loser = fleet.mocks.find(({ requests }) => requests.some(({ outcome }) => outcome !== 'finished'))!;
    await loser.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned', 100);

    const winner = fleet.mocks.find((mock) => mock !== loser)!;
    const freedAfterMs =
      loser.requests.at(-1)!.endedAt!.getTime() - winner.requests.at(-1)!.endedAt!.getTime();
    report(
      `hedged: answered after ${Math.round(tookMs)} ms instead of ${late.firstTokenDelayMs}, the loser freed after ${freedAfterMs} ms`,
    );
    expect(text).toBe('Hello.');
    expect(abandoned.length).toBeLessThanOrEqual(1);
    expect(tookMs).toBeLessThan(late.firstTokenDelayMs);
    expect(freedAfterMs).toBeLessThanOrEqual(100);
  });

  it('costs at most 5 % more starts, however many answers are late', async () => {
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

  // Known: the loser that still waits for its connection gets it, and keeps it.
  it.failing('leaves nothing behind', async () => {
    for (const mock of fleet.mocks) mock.behaveOnce({ serviceTimeMs: 200 }, 8);
    await drive(fleet.client, { callers: 40, goesOn: (sent) => sent < 200 });
    await sleep(100);
    expect(fleet.client.state.map(({ inFlight, queued }) => ({ inFlight, queued }))).toEqual([
      { inFlight: 0, queued: 0 },
      { inFlight: 0, queued: 0 },
    ]);
  });
});
