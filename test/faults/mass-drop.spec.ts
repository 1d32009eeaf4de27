import { Fleet, report } from './load.js';

const connections = 300;
const transport = { maxConnections: connections, maxQueue: connections };

describe(`${connections} connections dropped at once`, () => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await Fleet.start(1, { reply: 'Hello.', serviceTimeMs: 1_500 }, { transport });
  });
  afterEach(() => fleet.stop());

  /** As many requests at once as connections, each on its own; when each reached the server, in ms from the first. */
  async function burst(): Promise<number[]> {
    const [mock] = fleet.mocks;
    const before = mock!.requestsReceived;
    const leave = new AbortController();
    const answers = Array.from({ length: connections }, () =>
      fleet.client.complete({ message: 'hi', stream: true }, { signal: leave.signal }),
    );
    const all = Promise.allSettled(answers);
    await mock!.waitFor(({ requestsReceived }) => requestsReceived === before + connections, 10_000);
    const arrivals = mock!.requests.slice(before).map(({ receivedAt }) => receivedAt.getTime());
    await all;
    return arrivals.map((arrival) => arrival - Math.min(...arrivals)).sort((a, b) => a - b);
  }

  it('come back spread out, and not in one wave', async () => {
    const [mock] = fleet.mocks;
    await burst();
    expect(mock!.connections).toBe(connections);
    expect(mock!.dropConnections({ code: 'reset' })).toBe(connections);
    await mock!.waitFor((it) => it.connections === 0);
    while (fleet.client.state[0]!.connections > 0) await new Promise(setImmediate);

    const arrivals = await burst();
    const inWindow = arrivals.map(
      (start) => arrivals.filter((arrival) => arrival >= start && arrival < start + 100).length,
    );
    const most = Math.max(...inWindow);
    report(
      `${connections} dropped: they come back within ${arrivals.at(-1)} ms, at most ${most} in any 100 ms`,
    );
    expect(mock!.connectionsAccepted).toBe(2 * connections);
    // 500 a second: 300 take some 600 ms, so that a window of 100 ms sees a sixth of them and not all.
    expect(arrivals.at(-1)).toBeGreaterThan(300);
    expect(arrivals.at(-1)).toBeLessThan(2_500);
    expect(most).toBeLessThan(connections / 2);
  });
});
