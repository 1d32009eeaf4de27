import { systemClock } from '#llm';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { measure, report } from './measurements.js';
import { Fleet } from './load.js';

/** The maximum number of connections of the endpoint. */
const connections = 1_000;
const transport = {
  // Without quiet periods, only the spread of connects delays requests.
  reuse: 'always' as const,
  settleMs: 0,
  maxConnections: connections,
  maxQueue: connections,
};
/** Node publishes every TCP connect on this diagnostics channel. In this process, only the client under test connects. */
const connects = 'net.client.socket';

/** The maximum number of times within any 100 ms. */
const mostIn100Ms = (times: readonly number[]): number =>
  Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + 100).length));

describe(`${connections} connections dropped at once`, () => {
  let connectedAt: number[];
  /** The waits of the client before it connects, in ms. */
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

  /** Sends as many requests as there are connections. @returns the times of the connects, in ms since the first one */
  async function burst(fleet: Fleet): Promise<number[]> {
    connectedAt = [];
    waits = [];
    await Promise.all(
      Array.from({ length: connections }, () => fleet.client.complete({ message: 'hi', stream: true })),
    );
    const [first] = connectedAt;
    return connectedAt.map((at) => at - first!);
  }

  it('are opened again at different times', async () => {
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
        `${connections} dropped: they reconnect within ${times.at(-1)!.toFixed(0)} ms ` +
          `(${wave.at(-1)!.toFixed(0)} ms for the first connects)`,
      );
      expect(times).toHaveLength(connections);
      // 500 connects per second: the waits are drawn from 2 s, so that about a twentieth falls into any 100 ms.
      expect(waits).toHaveLength(connections);
      expect(Math.max(...waits)).toBeGreaterThan(1_500);
      expect(Math.max(...waits)).toBeLessThan(2_000);
      expect(mostIn100Ms(waits)).toBeLessThan(connections / 10);
      return [
        {
          name: `${connections} dropped: most that connect within any 100 ms`,
          value: mostIn100Ms(times),
          max: connections / 4,
        },
      ];
    });
  }, 120_000);
});
