import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Fleet, report } from './load.js';

/** As many as one endpoint may have here. */
const connections = 1_000;
const transport = { maxConnections: connections, maxQueue: connections };
/** Node tells on it of every TCP connect as it is begun; nobody but the client under test connects here. */
const connects = 'net.client.socket';

describe(`${connections} connections dropped at once`, () => {
  let fleet: Fleet;
  let connectedAt: number[];
  const onConnect = (): void => void connectedAt.push(performance.now());

  beforeEach(async () => {
    fleet = await Fleet.start(1, { reply: 'Hello.', serviceTimeMs: 6_000 }, { transport });
    subscribe(connects, onConnect);
  });
  afterEach(async () => {
    unsubscribe(connects, onConnect);
    await fleet.stop();
  });

  /** As many requests at once as connections, each on its own; when each connect began, in ms from the first. */
  async function burst(): Promise<number[]> {
    connectedAt = [];
    await Promise.all(
      Array.from({ length: connections }, () => fleet.client.complete({ message: 'hi', stream: true })),
    );
    const [first] = connectedAt;
    return connectedAt.map((at) => at - first!);
  }

  it('come back spread out, and not in one wave', async () => {
    const [mock] = fleet.mocks;
    const wave = await burst();
    expect(wave).toHaveLength(connections);
    expect(mock!.dropConnections({ code: 'reset' })).toBe(connections);
    await mock!.waitFor((it) => it.connections === 0);
    while (fleet.client.state[0]!.connections > 0) await new Promise(setImmediate);

    const times = await burst();
    const inWindow = times.map((start) => times.filter((at) => at >= start && at < start + 100).length);
    report(
      `${connections} dropped: they come back within ${times.at(-1)!.toFixed(0)} ms, at most ${Math.max(...inWindow)} ` +
        `in any 100 ms (${wave.at(-1)!.toFixed(0)} ms when nothing was dropped before)`,
    );
    expect(times).toHaveLength(connections);
    // 500 a second: they take some 2 s, so that a window of 100 ms sees a twentieth of them and not all.
    expect(times.at(-1)).toBeGreaterThan(1_500);
    expect(times.at(-1)).toBeLessThan(5_000);
    expect(Math.max(...inWindow)).toBeLessThan(connections / 4);
  }, 60_000);
});
