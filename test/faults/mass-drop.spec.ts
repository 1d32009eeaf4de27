import { systemClock } from '#llm';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { measure, report } from './figures.js';
import { Fleet } from './load.js';

/** As many as one endpoint may have here. */
const connections = 1_000;
const transport = {
  // Only the spread of connects is measured here.
  reuse: 'always' as const,
  settleMs: 0,
  maxConnections: connections,
  maxQueue: connections,
};
/** Node tells on it of every TCP connect as it is begun; nobody but the client under test connects here. */
const connects = 'net.client.socket';

/** Most of the times that lie within 100 ms. */
const mostIn100Ms = (times: readonly number[]): number =>
  Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 100).length));

describe(`${connections} connections dropped at once`, () => {
  let connectedAt: number[];
  /** How long the client chose to wait, each time. */
  let waits: number[];
  const clock: typeof systemClock = {
    ...systemClock,
    sleep: (ms, signal) => {
      waits.push(ms);
      return systemClock.sleep(ms, signal);
    },
  };
  const onConnect = (): void => void connectedAt.push(performance.now());

  beforeEach(() => subscribe(connects, onConnect));
  afterEach(() => unsubscribe(connects, onConnect));

  /** As many requests at once as connections, each on its own; when each connect began, in ms from the first. */
  async function burst(fleet: Fleet): Promise<number[]> {
    connectedAt = [];
    waits = [];
    await Promise.all(
      Array.from({ length: connections }, () => fleet.client.complete({ message: 'hi', stream: true })),
    );
    const [first] = connectedAt;
    return connectedAt.map((at) => at - first!);
  }

  it('come back spread out, and not in one wave', async () => {
    await measure(async () => {
      const behavior = { reply: 'Hello.', serviceTimeMs: 6_000 };
      const environment = { clock, random: Math.random };
      const fleet = await Fleet.start(1, behavior, { transport, environment });
      const [mock] = fleet.mocks;
      const wave = await burst(fleet);
      expect(waits).toEqual([]);
      expect(mock!.dropConnections({ code: 'reset' })).toBe(connections);
      await mock!.waitFor((it) => it.connections === 0);
      while (fleet.client.state[0]!.connections > 0) await new Promise(setImmediate);

      const times = await burst(fleet);
      await fleet.stop();
      report(
        `${connections} dropped: they come back within ${times.at(-1)!.toFixed(0)} ms ` +
          `(${wave.at(-1)!.toFixed(0)} ms when nothing was dropped before)`,
      );
      expect(times).toHaveLength(connections);
      // 500 a second: drawn from 2 s, so that a window of 100 ms has a twentieth of them and not all.
      expect(waits).toHaveLength(connections);
      expect(Math.max(...waits)).toBeGreaterThan(1_500);
      expect(Math.max(...waits)).toBeLessThan(2_000);
      expect(mostIn100Ms(waits)).toBeLessThan(connections / 10);
      return [
        {
          name: `${connections} dropped: most that connect within any 100 ms`,
          value: mostIn100Ms(times),
          most: connections / 4,
        },
      ];
    });
  }, 120_000);
});
